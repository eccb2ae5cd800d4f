"""The city is founded once for all tests: what a test makes of its versioned tables goes again."""

from __future__ import annotations

from contextlib import contextmanager

from sqlalchemy import text

from service_desk.city import kept


@contextmanager
def versions_as_founded(owner, table, *, emptied):
    """Take away the versions that are made meanwhile, and let those in force before hold again. emptied: a table that names them."""
    with owner.begin() as connection:
        before = {
            "ids": connection.execute(text(f"SELECT id FROM {table} WHERE valid_to IS NULL")).scalars().all()
        }
    yield
    with owner.begin() as connection:
        connection.execute(text(f"DELETE FROM {emptied}"))
        connection.execute(text(f"DELETE FROM {table} WHERE NOT id = ANY(:ids)"), before)
        connection.execute(text(f"UPDATE {table} SET valid_to = NULL WHERE id = ANY(:ids)"), before)
        connection.execute(text("UPDATE authorities SET data_version = data_version + 1"))
    kept.forget()
