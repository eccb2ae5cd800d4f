"""Every string is said in five languages, with the same values in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{n\}")
#: Babel's English for other things than gettext strings
LANGUAGES = ("he", "ar", "ru", "en", "am")


@pytest.fixture(scope="module")
def strings(tmp_path_factory):
    """The strings of code and templates, as babel gathers them."""
    target = tmp_path_factory.mktemp("strings") / "messages.pot"
    words = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg", "-k", "_", "-k", "ngettext:1,2", "-k", "lazy_gettext", "-k", "_l", "-k", "later", "-o", str(target), "."]  # fmt: skip
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    with target.open("rb") as file:
        return [message.id for message in read_po(file) if message.id]


def _catalogue(language):
    with (ROOT / "service_desk" / "translations" / language / "LC_MESSAGES" / "messages.po").open(
        "rb"
    ) as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated(strings, language):
    catalogue = _catalogue(language)
    assert len(strings) > 500
    missing = []
    for string in strings:
        found = catalogue.get(string)
        said = found.string if found else ""
        if not (all(said) if isinstance(said, tuple) else said):
            missing.append(string)
    assert missing == [], "run «make messages» and fill in the .po files"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_every_value(strings, language):
    catalogue, wrong = _catalogue(language), []
    for string in strings:
        plural = not isinstance(string, str)
        wanted = set(PLACEHOLDER.findall(string[-1] if plural else string))
        for said in catalogue.get(string).string if plural else (catalogue.get(string).string,):
            given = set(PLACEHOLDER.findall(said))
            # «One day» may leave its number out; nothing may ask for a value that is not there.
            left_out = wanted - given
            if not given <= wanted or len(left_out) > (1 if plural else 0):
                wrong.append((string, said))
    assert wrong == []
