"""Gunicorn's door: `gunicorn wsgi:app`."""

import ctypes
import gc
import sys
from contextlib import suppress

# Each thread of a worker would keep a heap of its own, several of them half empty: two are enough for eight threads.
_ARENAS, _MOST = -8, 2
with suppress(OSError, AttributeError):  # another C library has no such call
    ctypes.CDLL(None).mallopt(_ARENAS, _MOST)
# structlog draws tracebacks with rich when it is installed (it comes with the limiter): 4 MB that JSON lines have no use for.
sys.modules["rich"] = None  # type: ignore[assignment]
import structlog  # noqa: E402, F401

del sys.modules["rich"]

from service_desk import clock  # noqa: E402
from service_desk.app import create_app  # noqa: E402

clock.follow_database()
app = create_app()
# What is loaded here stays for good, and with --preload the workers share its memory: no collection looks at it again.
gc.collect()
gc.freeze()
