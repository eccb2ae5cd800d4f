"""Ids and ticket numbers, known before the row is written."""

from __future__ import annotations

import threading

from sqlalchemy import text

from service_desk.extensions import db


class _Blocks:
    """Hands out ids from blocks fetched off a sequence, so rows know their id before they are inserted."""

    def __init__(self, sequence: str, size: int) -> None:
        self.sequence, self.size = sequence, size
        self._next = self._end = 0
        self._lock = threading.Lock()

    def take(self) -> int:
        with self._lock:
            if self._next >= self._end:
                with db.engine.connect() as connection:
                    block = connection.execute(text(f"SELECT nextval('{self.sequence}')")).scalar_one()
                    connection.rollback()
                self._next = int(block) * self.size
                self._end = self._next + self.size
            value = self._next
            self._next += 1
            return value

    def many(self, count: int) -> list[int]:
        blocks = -(-count // self.size)
        with db.engine.connect() as connection:
            query = text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :blocks)")
            wanted = {"sequence": self.sequence, "blocks": blocks}
            firsts = connection.execute(query, wanted).scalars().all()
            connection.rollback()
        return [first * self.size + n for first in firsts for n in range(self.size)][:count]


_ids = _Blocks("keshet_ids", 100)
_numbers = _Blocks("ticket_numbers", 10)


def new_id() -> int:
    """Return a fresh row id (bigint, unique over all tables)."""
    return _ids.take()


def new_ticket_number() -> int:
    """Return a fresh ticket number; gaps are possible (a process that stops loses its block)."""
    return _numbers.take()


def many_ids(count: int) -> list[int]:
    """Return so many fresh row ids, rising, by one statement: for writing in bulk."""
    return _ids.many(count)


def many_ticket_numbers(count: int) -> list[int]:
    """Return so many fresh ticket numbers, rising, by one statement: for writing in bulk."""
    return _numbers.many(count)
