"""The schema: up, down and up again; every table of a city isolated; the past append-only."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from service_desk import config, work
from service_desk.extensions import Model, db, load_tables

load_tables()
TENANT = [table.name for table in Model.metadata.sorted_tables if "authority_id" in table.columns]


@pytest.fixture(scope="module")
def empty(servers, founded):
    """An empty database of its own: (alembic's settings, engine)."""
    url = servers.create_database("up_and_down").replace("postgresql://", "postgresql+psycopg://")
    migrations = Config(str(config.ROOT / "migrations" / "alembic.ini"))
    migrations.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    engine = create_engine(url)
    yield migrations, engine
    engine.dispose()


def schema(engine):
    with engine.connect() as connection:
        columns = connection.execute(
            text(
                "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
            )
        ).all()
        indexes = connection.execute(
            text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
        ).all()
        rights = connection.execute(
            text(
                "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = 'keshet_app' ORDER BY 1, 2"
            )
        ).all()
        policies = connection.execute(text("SELECT tablename, qual FROM pg_policies ORDER BY 1")).all()
    return [list(map(tuple, each)) for each in (columns, indexes, rights, policies)]


def test_the_schema_goes_up_down_and_up_again(empty):
    migrations, engine = empty
    command.upgrade(migrations, "head")
    first = schema(engine)
    command.downgrade(migrations, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    command.upgrade(migrations, "head")
    assert schema(engine) == first


def test_the_models_are_what_the_migrations_made(empty):
    migrations, engine = empty
    command.upgrade(migrations, "head")
    with engine.connect() as connection:
        assert (
            compare_metadata(
                MigrationContext.configure(connection, opts={"compare_type": True}), Model.metadata
            )
            == []
        )


def tables_of_a_process(does: str) -> set[str]:
    """The tables that a new process knows once it has done this."""
    shows = "import json; from service_desk.extensions import Model; print(json.dumps(list(Model.metadata.tables)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{does}\n{shows}"],
        cwd=config.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_service_and_the_migrations_know_every_table(empty):
    migrations, _engine = empty
    sources = [
        path for path in (config.ROOT / "service_desk").rglob("*.py") if "__pycache__" not in path.parts
    ]
    written = {
        name
        for path in sources
        for name in re.findall(
            r'^    __tablename__ = "(\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert len(written) > 50
    settings = {"SECRET_KEY": "x" * 32, "DATABASE_URL": "postgresql://nowhere/none"}
    app = f"from service_desk import app, config; app.create_app(config.read({settings!r}))"
    assert tables_of_a_process(app) == written
    url = migrations.get_main_option("sqlalchemy.url")
    alembic = f"""
from alembic import command
from alembic.config import Config
asked = Config({str(config.ROOT / "migrations" / "alembic.ini")!r})
asked.set_main_option("sqlalchemy.url", {url.replace("%", "%%")!r})
command.current(asked)
"""
    assert tables_of_a_process(alembic) == written


@pytest.mark.parametrize("table", TENANT)
def test_a_table_of_a_city_is_isolated(owner, founded, table):
    with owner.connect() as connection:
        is_on = connection.scalar(
            text("SELECT relrowsecurity FROM pg_class WHERE oid = cast(:t AS regclass)"), {"t": table}
        )
        policies = connection.scalars(
            text("SELECT qual FROM pg_policies WHERE tablename = :t"), {"t": table}
        ).all()
    assert is_on
    assert len(policies) == 1
    assert "keshet.authority_id" in policies[0]


@pytest.mark.parametrize("table", TENANT)
def test_without_a_tenant_nothing_is_visible_and_nothing_of_another_can_be_written(app, table):
    key = Model.metadata.tables[table]
    work.set_tenant(2)
    try:
        found = db.session.execute(text(f"SELECT count(*) FROM {table} WHERE authority_id = 1")).scalar_one()
        assert found == 0
    finally:
        db.session.rollback()
        work.set_tenant(1)
    assert next(iter(key.primary_key.columns)).name == "authority_id"


def test_the_service_cannot_write_for_another_tenant(app):
    row = "INSERT INTO access_log (authority_id, id, at, what, is_allowed) VALUES (2, 1, now(), 'x', true)"
    with pytest.raises(Exception, match="row-level security"), work.transaction():
        db.session.execute(text(row))


@pytest.mark.parametrize(
    "table", ["ticket_events", "access_log", "day_anchors", "routes", "receipts", "reports"]
)
def test_the_past_is_append_only(founded, owner, table):
    with owner.connect() as connection:
        rights = connection.scalars(
            text(
                "SELECT privilege_type FROM information_schema.role_table_grants WHERE grantee = 'keshet_app' AND table_name = :t"
            ),
            {"t": table},
        ).all()
    assert set(rights) == {"SELECT", "INSERT"}


def test_the_service_s_role_has_no_way_around(founded, owner):
    with owner.connect() as connection:
        role = connection.execute(
            text(
                "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcanlogin FROM pg_roles WHERE rolname = 'keshet_app'"
            )
        ).one()
    assert not any(role)
