"""How many parts an SMS costs. Source: GSM 03.38 alphabet; 160/153 septets or 70/67 UTF-16 units a part."""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Sent as an escape and a letter: two septets.
_EXTENDED = frozenset("\f^{}\\[~]|€")


def segments(text: str) -> tuple[str, int]:
    """Return the encoding (GSM-7 or UCS-2) and the number of parts an SMS of this text takes. Empty text: one."""
    if all(ch in _BASIC or ch in _EXTENDED for ch in text):
        return "GSM-7", _parts([2 if ch in _EXTENDED else 1 for ch in text], alone=160, joined=153)
    return "UCS-2", _parts([2 if ord(ch) > 0xFFFF else 1 for ch in text], alone=70, joined=67)


def _parts(costs: list[int], *, alone: int, joined: int) -> int:
    """Count parts; a letter that costs two is never torn between two parts."""
    if sum(costs) <= alone:
        return 1
    parts, room = 1, joined
    for cost in costs:
        if cost > room:
            parts, room = parts + 1, joined
        room -= cost
    return parts
