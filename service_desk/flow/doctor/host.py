"""The machine and the settings: Python, secrets, addresses, photos, wordings, the browser's files, the carrier."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from typing import TYPE_CHECKING

from service_desk import config
from service_desk.flow.doctor.finding import Finding, fail, ok, warn
from service_desk.messages.channels.twilio import read_content_sids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service_desk.config import Settings

OLDEST_PYTHON = (3, 11)
GIGABYTE = 1024**3
LITTLE_BYTES, TOO_LITTLE_BYTES = 5 * GIGABYTE, GIGABYTE // 5
#: without these pages lose their shape or the map
VENDOR = ("icons.svg", "fonts.css", "designsystemet.css", "leaflet/leaflet.js", "leaflet/leaflet.css")
_SOURCE_LOCALE = "en"


def python() -> Finding:
    """Check that this Python can run the house."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return fail("Python", version, "Install Python 3.11 or newer and run `make install`.")
    return ok("Python", version)


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what the machine and the settings show."""
    yield _secret(settings)
    yield _address(settings)
    yield _photos(settings)
    yield _translations()
    yield _vendor()
    yield _messages(settings)


def _secret(settings: Settings) -> Finding:
    if len(set(settings.secret_key)) < 10:
        mend = 'Draw one: python3 -c "import secrets; print(secrets.token_hex(32))". Private links sent so far end with the old one.'
        return fail("SECRET_KEY", "long enough, but not random", mend)
    return ok("SECRET_KEY", f"{len(settings.secret_key)} characters")


def _address(settings: Settings) -> Finding:
    url = settings.public_base_url
    if settings.is_secure:
        return ok("PUBLIC_BASE_URL", url)
    if settings.is_demo:
        return ok("PUBLIC_BASE_URL", f"{url} (a demonstration needs no https)")
    return fail(
        "PUBLIC_BASE_URL", f"{url} is not https", "Put a TLS proxy in front and set its https address."
    )


def _photos(settings: Settings) -> Finding:
    folder = settings.photo_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as trial:
            trial.write(b"keshet")
            trial.flush()
            os.fsync(trial.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return fail(
            "Photo folder",
            f"{folder}: {error.strerror or type(error).__name__}",
            "Give the service's user a folder it may write to (PHOTO_DIR).",
        )
    found = f"{folder} is writable, {free / GIGABYTE:.1f} GB free"
    if free < TOO_LITTLE_BYTES:
        return fail("Photo folder", found, "Free the disk: photos are being lost.")
    if free < LITTLE_BYTES:
        return warn("Photo folder", found, "Make room, or point PHOTO_DIR to a larger disk.")
    return ok("Photo folder", found)


def _translations() -> Finding:
    folder = config.ROOT / "service_desk" / "translations"
    stale = []
    for locale in config.LOCALES:
        words = folder / locale / "LC_MESSAGES" / "messages.po"
        compiled = words.with_suffix(".mo")
        if (not compiled.exists() and (words.exists() or locale != _SOURCE_LOCALE)) or (
            words.exists() and compiled.stat().st_mtime < words.stat().st_mtime
        ):
            stale.append(locale)
    if stale:
        return fail(
            "Translations", f"not compiled: {', '.join(stale)}", "Run `service-desk translations compile`."
        )
    return ok("Translations", f"compiled in {len(config.LOCALES)} languages")


def _vendor() -> Finding:
    folder = config.ROOT / "static" / "vendor"
    missing = [name for name in VENDOR if not (folder / name).exists()]
    if missing:
        return fail(
            "Browser files",
            f"missing: {', '.join(missing)}",
            "Run `make install` (or `python -m service_desk.local.vendor`).",
        )
    return ok("Browser files", "styles, fonts, icons and map are there")


def _messages(settings: Settings) -> Finding:
    if settings.is_sandbox:
        found = "sandbox: messages are shown on /sandbox and never leave"
        if settings.is_demo:
            return ok("Messages", found)
        return warn(
            "Messages",
            found,
            "Set MESSAGE_TRANSPORT=twilio and the TWILIO_ settings when residents are to hear from the city.",
        )
    missing = [
        name
        for name, value in (
            ("TWILIO_SMS_SENDER", settings.twilio_sms_sender),
            ("TWILIO_WHATSAPP_SENDER", settings.twilio_whatsapp_sender),
            ("TWILIO_CONTENT_SIDS", settings.twilio_content_sids),
        )
        if not value
    ]
    try:
        templates = read_content_sids(settings.twilio_content_sids)
    except config.BadConfiguration as error:
        return fail("Messages", str(error), "Write the JSON file of approved templates anew.")
    if missing:
        return warn(
            "Messages",
            f"twilio, without {', '.join(missing)}",
            "Messages of that kind end as failed; set what is missing.",
        )
    return ok("Messages", f"twilio, {len(templates)} approved templates")
