"""Settings, read once from the environment by the factory and handed on as one frozen value."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ("he", "ar", "ru", "en", "am")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
#: the greatest number that a setting may be
_MOST = 1_000_000_000
N = TypeVar("N", int, float)


class BadConfiguration(Exception):
    """A setting is missing or wrong; the message is one sentence for the operator."""


@dataclass(frozen=True)
class Settings:
    """Every setting of the installation. Names and meaning: README, «Configuration»."""

    database_url: str
    redis_url: str
    secret_key: str
    public_base_url: str
    trusted_hosts: tuple[str, ...]
    is_demo: bool
    default_authority: str
    photo_dir: Path
    message_transport: str
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_sms_sender: str
    twilio_whatsapp_sender: str
    twilio_api_base: str
    twilio_timeout_seconds: float
    twilio_content_sids: Path | None
    map_tiles_url: str
    log_level: str
    session_idle_minutes: int
    session_hours: int
    #: off only where load is measured
    is_rate_limited: bool = True
    #: most Open311 reports of one api_key a minute, in each web process
    open311_posts_per_minute: int = 30_000
    #: most messages a city hands to the carrier in a day; then only hazards and codes go. 0: no limit
    messages_per_day: int = 0
    #: least time between two ordinary digests of one person
    digest_minutes: int = 60
    #: off only where tests or load must not depend on the hour
    is_quiet_kept: bool = True
    #: E.164 number that calls come from; empty: the city does not call
    twilio_voice_sender: str = ""
    #: smtp[s]://user:password@host:port; empty: no letters by e-mail
    mail_url: str = ""
    #: whom letters come from
    mail_from: str = ""

    @property
    def is_sandbox(self) -> bool:
        """Whether messages stay in the house, where the demo shows them, and none goes to the carrier."""
        return self.message_transport == "sandbox"

    @property
    def sqlalchemy_url(self) -> str:
        """Return the database address with the driver that we use (psycopg 3)."""
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else self.database_url

    @property
    def is_secure(self) -> bool:
        """Say whether residents reach us by https (cookies are then Secure and HSTS is sent)."""
        return self.public_base_url.startswith("https://")


_current: Settings | None = None


def use(settings: Settings) -> None:
    """Make these the settings of the process; only the factory calls this."""
    global _current  # noqa: PLW0603 — one process serves one installation
    _current = settings


def current() -> Settings:
    """Return the settings of the process. Raises RuntimeError before the factory ran."""
    if _current is None:
        raise RuntimeError("the factory has not run")
    return _current


def _number(env: Mapping[str, str], name: str, default: N) -> N:
    """Return a setting that is a number, zero or more, of the default's type; unset, the default. Raises BadConfiguration."""
    given = env.get(name, "").strip()
    try:
        read = type(default)(given or default)
    except ValueError:
        read = type(default)(-1)
    if not 0 <= read <= _MOST:
        raise BadConfiguration(f"{name} must be a number such as {default:g}, not {given!r}.")
    return read


def _log_level(env: Mapping[str, str]) -> str:
    """Return the level of the log in capitals, by any name that Python has for it (WARN, FATAL). Raises BadConfiguration."""
    given = env.get("LOG_LEVEL", "").strip().upper() or "INFO"
    if given not in logging.getLevelNamesMapping():
        raise BadConfiguration(f"LOG_LEVEL must be one of {', '.join(_LOG_LEVELS)}, not {given!r}.")
    return given


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Build the settings from the environment. Raises BadConfiguration with one sentence."""
    env = os.environ if environ is None else environ
    is_demo = env.get("KESHET_DEMO", "0") == "1"
    secret = env.get("SECRET_KEY", "")
    if len(secret) < 32:
        raise BadConfiguration("SECRET_KEY must be set to at least 32 random characters.")
    if not env.get("DATABASE_URL"):
        raise BadConfiguration(
            "DATABASE_URL must name the PostgreSQL database, e.g. postgresql://user:pw@host/keshet."
        )
    transport = env.get("MESSAGE_TRANSPORT", "sandbox")
    if transport not in {"sandbox", "twilio"}:
        raise BadConfiguration("MESSAGE_TRANSPORT must be 'sandbox' or 'twilio'.")
    if transport == "twilio" and not (env.get("TWILIO_ACCOUNT_SID") and env.get("TWILIO_AUTH_TOKEN")):
        raise BadConfiguration("MESSAGE_TRANSPORT=twilio needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
    mail_url = env.get("MAIL_URL", "")
    if mail_url and not (mail_url.startswith(("smtp://", "smtps://")) and "@" in env.get("MAIL_FROM", "")):
        raise BadConfiguration(
            "MAIL_URL must begin with smtp:// or smtps://, and needs an address in MAIL_FROM."
        )
    hosts = env.get("TRUSTED_HOSTS", "127.0.0.1,localhost,.localhost")
    return Settings(
        database_url=env["DATABASE_URL"],
        redis_url=env.get("REDIS_URL", ""),
        secret_key=secret,
        public_base_url=env.get("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        trusted_hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        is_demo=is_demo,
        default_authority=env.get("DEFAULT_AUTHORITY", "rehovot"),
        photo_dir=Path(env.get("PHOTO_DIR", str(ROOT / "var" / "photos"))),
        message_transport=transport,
        twilio_account_sid=env.get("TWILIO_ACCOUNT_SID", ""),
        twilio_auth_token=env.get("TWILIO_AUTH_TOKEN", ""),
        twilio_sms_sender=env.get("TWILIO_SMS_SENDER", "Keshet"),
        twilio_whatsapp_sender=env.get("TWILIO_WHATSAPP_SENDER", ""),
        twilio_api_base=env.get("TWILIO_API_BASE", ""),
        twilio_timeout_seconds=_number(env, "TWILIO_TIMEOUT_SECONDS", 20.0),
        twilio_content_sids=Path(env["TWILIO_CONTENT_SIDS"]) if env.get("TWILIO_CONTENT_SIDS") else None,
        map_tiles_url=env.get("MAP_TILES_URL", ""),
        log_level=_log_level(env),
        session_idle_minutes=_number(env, "SESSION_IDLE_MINUTES", 60),
        session_hours=_number(env, "SESSION_HOURS", 12),
        is_rate_limited=env.get("RATELIMIT_ENABLED", "1") != "0",
        open311_posts_per_minute=_number(env, "OPEN311_POSTS_PER_MINUTE", 30_000),
        messages_per_day=_number(env, "MESSAGES_PER_DAY", 0),
        digest_minutes=_number(env, "DIGEST_MINUTES", 60),
        is_quiet_kept=env.get("QUIET_HOURS", "1") != "0",
        twilio_voice_sender=env.get("TWILIO_VOICE_SENDER", ""),
        mail_url=mail_url,
        mail_from=env.get("MAIL_FROM", ""),
    )
