"""The database: there, migrated, tenants isolated, history unchangeable, calendars long enough, clocks agreeing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.exc import SQLAlchemyError

from service_desk import clock, config
from service_desk.flow.doctor.finding import Finding, fail, ok, warn
from service_desk.work import APP_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service_desk.config import Settings

OLDEST_VERSION = 16
EXTENSIONS = ("pg_trgm", "btree_gist")
SKEW_SECONDS, TOO_MUCH_SKEW_SECONDS = 2, 30
_ISOLATE = "Run `service-desk db upgrade` as the owner; see docs/operations.md, «Roles»."
_OPEN_TABLES = text(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public' "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'authority_id' AND NOT a.attisdropped "
    "WHERE c.relkind IN ('r', 'p') AND NOT c.relrowsecurity ORDER BY 1"
)
_LAST_HOLIDAYS = text(
    "SELECT a.slug, max(extract(year FROM d.day))::int FROM authorities a "
    "LEFT JOIN calendar_days d ON d.authority_id = a.id AND d.calendar_code IS NULL AND d.ended_at IS NULL "
    "GROUP BY a.slug ORDER BY a.slug"
)
_ANCHORS = text(
    "SELECT a.slug, max(d.day), (SELECT min(e.at) FROM ticket_events e WHERE e.authority_id = a.id) "
    "FROM authorities a LEFT JOIN day_anchors d ON d.authority_id = a.id GROUP BY a.id, a.slug ORDER BY a.slug"
)


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what the database shows to its owner."""
    engine = create_engine(
        settings.sqlalchemy_url, poolclass=pool.NullPool, connect_args={"connect_timeout": 5}
    )
    try:
        with engine.connect() as connection:
            yield from _server(connection)
            migrated = _migrated(connection)
            yield migrated
            if migrated.level == "ok":
                yield from _isolation(connection)
                yield from _city(connection)
    except SQLAlchemyError as error:
        mend = "Start PostgreSQL, or mend DATABASE_URL (user, password, host, name)."
        yield fail("Database", f"cannot be asked ({type(error).__name__})", mend)


def _server(connection: Connection) -> Iterator[Finding]:
    version, here = connection.execute(
        text("SELECT current_setting('server_version'), clock_timestamp()")
    ).one()
    if int(version.split(".")[0]) < OLDEST_VERSION:
        yield fail("Database", f"PostgreSQL {version}", f"Upgrade to PostgreSQL {OLDEST_VERSION} or newer.")
    else:
        yield ok("Database", f"PostgreSQL {version}")
    yield _skew(abs((datetime.now(UTC) - here).total_seconds()))
    there = set(connection.scalars(text("SELECT extname FROM pg_extension")))
    missing = [name for name in EXTENSIONS if name not in there]
    if missing:
        words = "; ".join(f"CREATE EXTENSION {name}" for name in missing)
        yield fail(
            "Extensions", f"missing: {', '.join(missing)}", f"As a superuser, in this database: {words};"
        )
    else:
        yield ok("Extensions", ", ".join(EXTENSIONS))


def _skew(seconds: float) -> Finding:
    mend = "Let both machines keep time by NTP: promises and sessions are judged by the host's clock."
    if seconds > TOO_MUCH_SKEW_SECONDS:
        return fail("Clocks", f"database and host differ by {seconds:.0f} s", mend)
    if seconds > SKEW_SECONDS:
        return warn("Clocks", f"database and host differ by {seconds:.1f} s", mend)
    return ok("Clocks", "database and host agree")


def _migrated(connection: Connection) -> Finding:
    head = ScriptDirectory.from_config(
        Config(str(config.ROOT / "migrations" / "alembic.ini"))
    ).get_current_head()
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return fail("Schema", "is empty", "Run `service-desk db upgrade`.")
    stands = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if stands != head:
        return fail(
            "Schema", f"stands at {stands}, this version needs {head}", "Run `service-desk db upgrade`."
        )
    return ok("Schema", f"at {head}")


def _isolation(connection: Connection) -> Iterator[Finding]:
    role = connection.execute(
        text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = :name"), {"name": APP_ROLE}
    ).one_or_none()
    if role is None:
        yield fail("Role", f"{APP_ROLE} does not exist", _ISOLATE)
        return
    if any(role):
        yield fail(
            "Role",
            f"{APP_ROLE} can pass row-level security",
            f"ALTER ROLE {APP_ROLE} NOSUPERUSER NOBYPASSRLS;",
        )
    else:
        yield ok("Role", f"{APP_ROLE} cannot pass row-level security")
    if connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")):
        yield warn(
            "Owner",
            "the service logs in as a superuser",
            "Give it a role of its own: docs/operations.md, «Roles».",
        )
    uncovered = list(connection.scalars(_OPEN_TABLES))
    if uncovered:
        yield fail("Tenants", f"no row-level security on {', '.join(uncovered)}", _ISOLATE)
    else:
        yield ok("Tenants", "row-level security on every table of a city")
    can_change = connection.scalar(
        text(f"SELECT has_table_privilege('{APP_ROLE}', 'ticket_events', 'UPDATE, DELETE, TRUNCATE')")
    )
    if can_change:
        yield fail(
            "History",
            f"{APP_ROLE} may change it",
            f"REVOKE UPDATE, DELETE, TRUNCATE ON ticket_events FROM {APP_ROLE};",
        )
    else:
        yield ok("History", "append-only for the service")


def _city(connection: Connection) -> Iterator[Finding]:
    today = clock.local(clock.now()).date()
    years = connection.execute(_LAST_HOLIDAYS).all()
    if not years:
        yield warn("City", "none is founded", "Run `service-desk seed rehovot`.")
    for slug, year in years:
        if year is None or year < today.year + 1:
            yield warn(
                f"Calendar of {slug}",
                f"holidays until {year or 'no year'}",
                f"Enter the holidays of {today.year + 1}: promises beyond the last year wait in triage.",
            )
        else:
            yield ok(f"Calendar of {slug}", f"holidays until {year}")
    for slug, sealed, first in connection.execute(_ANCHORS):
        if (
            first is not None
            and clock.local(first).date() < today
            and (sealed is None or (today - sealed).days > 2)
        ):
            yield warn(
                f"History of {slug}",
                f"sealed until {sealed or 'no day'}",
                "Let `service-desk timers` run, or run `service-desk history anchor`.",
            )
