"""Alembic's door: one connection, as the schema's owner, with lock and statement time-outs."""

from __future__ import annotations

from importlib import import_module

from alembic import context
from sqlalchemy import create_engine, pool, text

from service_desk import config
from service_desk.extensions import Model

# Every table, and not the pages: they would take a second longer to load.
for path in sorted((config.ROOT / "service_desk").glob("*/models.py")):
    import_module(f"service_desk.{path.parent.name}.models")
settings_url = context.config.get_main_option("sqlalchemy.url") or config.read().sqlalchemy_url
engine = create_engine(settings_url, poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.execute(text("SET statement_timeout = '300s'"))
    connection.commit()
    context.configure(connection=connection, target_metadata=Model.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
