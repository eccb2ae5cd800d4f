"""What a line of the log may say: no numbers, addresses or words of people, and no tokens.

What is read comes from strangers too: text is cut to CHARACTERS before any pattern sees it, and no pattern looks twice at
what it has passed.
"""

from __future__ import annotations

import re

#: how much of a text is ever read
CHARACTERS = 500
_BETWEEN = r"[-. ()\u00a0\u2010-\u2015]{0,2}"
#: from a landline without its city (nine digits with the 0) to a mobile with a digit too many; not a day such as 08.12.2026
_PHONE = re.compile(
    rf"(?:%2[bB]|(?<![\w-]))\(?(?:(?:\+|00)?972{_BETWEEN}0?{_BETWEEN}|0(?!\d\.\d\d\.\d{{4}}(?!\d))\)?)[2-9](?:{_BETWEEN}\d){{7,9}}(?![\w-])"
    r"|(?<!\w)\+[1-9]\d{8,14}(?!\d)"
)
_LONG_TOKEN = re.compile(r"/(t|k|tokens|status|voice|call)/[\w.-]{16,}")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-][\w.-]*")
_QUERY = re.compile(r"\?[^\s'\"]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: what a library may have been given by somebody and quotes in what it says: behind a colon, as several words, in our letters
_QUOTED = re.compile(r"""(?<=:) ?b?(['"]).*\1|(?<![\w'"])b?(?:'[^'\s]*+\s[^']*+'|"[^"\s]*+\s[^"]*+")(?!\w)""")
_OPENED = re.compile(r"""(?<![\w'"])b?['"]""")
_OUR_LETTERS = re.compile(r"[\u0370-\u1fff](?:[\s'\"-]*[\u0370-\u1fff])*")
_CALLER = re.compile(r"\bip=\S+?(?=:?(?:\s|$))")


def _cut(text: str) -> str:
    """Return the beginning of a long text, without the word that was torn."""
    kept, _, torn = text[:CHARACTERS].rpartition(" ")
    return f"{kept or torn} …"


def scrub(text: str) -> str:
    """Return the text without phone numbers, e-mail addresses, private-link tokens, queries and control characters.

    Of a text longer than CHARACTERS, only its beginning.
    """
    if len(text) > CHARACTERS:
        text = _cut(text)
    text = _LONG_TOKEN.sub(r"/\1/…", _PHONE.sub("…", text))
    if "@" in text:
        text = _EMAIL.sub("…", text)
    if "?" in text:
        text = _QUERY.sub("?…", text)
    return _CONTROL.sub(" ", text)


def without_words(text: str) -> str:
    """Return the first line of what a library says, without what it was given: quoted text, our letters, the caller's address.

    PostgreSQL tells the values of the row that it refuses in the lines after the first. Of a line longer than CHARACTERS,
    only what comes before the first quotation mark: the one that closes it may be cut off.
    """
    first = next(iter(text[: 2 * CHARACTERS].strip().splitlines()), "")
    if len(first) > CHARACTERS:
        first = _OPENED.split(_cut(first), maxsplit=1)[0].rstrip(" …") + " …"
    return _OUR_LETTERS.sub("…", _QUOTED.sub(" …", _CALLER.sub("ip=…", scrub(first)))).strip()
