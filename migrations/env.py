"""Alembic's door: one connection, as the schema's owner, with lock and statement time-outs."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool, text

from service_desk import config
from service_desk.extensions import Model, load_tables

load_tables()  # and not the pages: they would take a second longer to load
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
