"""City data kept in memory per process and reloaded when the authority's data version grows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy import func, select

from service_desk import clock, config, heap
from service_desk.city.models import Authority, Centre
from service_desk.extensions import db
from service_desk.work import moments, tenant, tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
#: a change of city data is seen by every process within this time
FRESH_SECONDS = 5.0


class _Authorities:
    """All authorities of the installation, re-read at most every FRESH_SECONDS."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._rows: tuple[Authority, ...] = ()

    def all(self) -> tuple[Authority, ...]:
        with self._lock:
            if moments.ticks() - self._read_at > FRESH_SECONDS or not self._rows:
                with db.engine.begin() as connection:  # ends by COMMIT: see work.let_go
                    asked_at = clock.own()
                    shown = func.clock_timestamp().label("shown")
                    rows = connection.execute(
                        select(shown, *Authority.__table__.columns).order_by(Authority.id)
                    ).all()
                for row in rows[:1]:
                    clock.heed(row.shown, asked_at)
                columns = Authority.__table__.columns.keys()
                self._rows = tuple(Authority(**dict(zip(columns, row[1:], strict=True))) for row in rows)
                self._read_at = moments.ticks()
            return self._rows

    def forget(self) -> None:
        with self._lock:
            self._read_at = float("-inf")


_authorities = _Authorities()
#: authorities without a default centre that were seen to have centres: those do not go again
_with_centres: set[int] = set()


def authorities() -> tuple[Authority, ...]:
    """Return every authority of the installation, by id."""
    return _authorities.all()


def is_founded(row: Authority) -> bool:
    """Say whether an authority has a centre to serve with; only one that names no default centre is looked up, until it has."""
    if row.default_centre_id is None and row.id not in _with_centres:
        with tenant(row.id):
            wanted = select(Centre.id).where(Centre.authority_id == row.id).limit(1)
            if db.session.scalar(wanted) is None:
                return False
        _with_centres.add(row.id)
    return True


def authority() -> Authority:
    """Return the authority of the present work."""
    wanted = tenant_id()
    return next(row for row in _authorities.all() if row.id == wanted)


def public_base_url() -> str:
    """Return the public address of the present authority: the configured one, or its own host under the same scheme and port."""
    here, settings = authority(), config.current()
    if here.slug == settings.default_authority or not here.hosts:
        return settings.public_base_url
    scheme, _, rest = settings.public_base_url.partition("://")
    _, colon, port = rest.partition(":")
    return f"{scheme}://{here.hosts[0]}{colon}{port}"


def forget() -> None:
    """Re-read at the next look: after a seed or an edit in this process."""
    _authorities.forget()


class Kept(Generic[T]):
    """A value built from one authority's data, rebuilt when that data's version grows."""

    def __init__(self, load: Callable[[], T]) -> None:
        """load: reads the value for the present tenant (queries are allowed)."""
        self._load = load
        self._values: dict[int, tuple[int, T]] = {}
        self._lock = threading.Lock()

    def get(self) -> T:
        """Return the value for the present tenant."""
        here = authority()
        held = self._values.get(here.id)
        if held is not None and held[0] == here.data_version:
            return held[1]
        with self._lock:
            held = self._values.get(here.id)
            if held is None or held[0] != here.data_version:
                held = (here.data_version, self._load_apart())
                self._values[here.id] = held
                heap.give_back()  # building a city takes 12 MB more than keeping it
        return held[1]

    def _load_apart(self) -> T:
        """Load in a session of its own: the rows are let go afterwards, and whoever asked may be amid changes of another's."""
        registry = db.session.registry
        outer = registry() if registry.has() else None
        registry.set(db.session.session_factory())
        try:
            return self._load()
        finally:
            db.session.remove()
            if outer is not None:
                registry.set(outer)
