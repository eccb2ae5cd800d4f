"""How the C library's heap behaves in a process that stays for days: large passing buffers are given back at once.

glibc learns from a large buffer that is freed, a password's hash (19 MB) or a photo: from then on it takes such buffers
from the heap and keeps up to twice as much of it. A worker held 19 MB more from its second login on. Said once, the
limits below stay. Each thread would also keep a heap of its own, most of them half empty.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

#: names of <malloc.h> and their values here: bytes kept at the heap's end, bytes from which a buffer stands alone, heaps
_LIMITS = ((-1, 1 << 20), (-3, 1 << 20), (-8, 2))


def keep_small() -> None:
    """Fix the limits of this process's heap. Does nothing with another C library.

    Call it early: a thread that runs already keeps the heap it has.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        for name, value in _LIMITS:
            library.mallopt(name, value)


def give_back() -> None:
    """Hand freed memory back to the system, after something large was built and its scaffolding let go."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
