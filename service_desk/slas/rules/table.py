"""When a calendar is open, as sorted arrays of whole seconds, so that a due time is two bisections.

All times here are epoch seconds (int, UTC). An open span is ``(opens, closes)`` with ``opens < closes``; it holds the
instant it opens and not the instant it closes, so an hour is counted once where two spans touch.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Span = tuple[int, int]


class CalendarError(Exception):
    """A calendar that cannot answer; the message says why, in English, for the log and the triage queue."""


class ImpossibleCalendar(CalendarError):
    """The calendar is badly made or never opens, so no promise over it can be kept."""


class CalendarEnds(CalendarError):
    """The calendar stops before the promise does: its holidays are not known that far."""


@dataclass(frozen=True, slots=True)
class Spans:
    """One compiled stretch of a calendar: sorted open spans with their running sums.

    opens, closes: epoch seconds. before[i]: open seconds ahead of span i. upto[i]: open seconds when span i closes. All
    four are packed (8 bytes a number, `numpy` reads them in place): a process keeps years of every calendar at hand.
    until: the stretch is known up to this epoch second; is_whole: there is nothing to know after it.
    """

    opens: array[int]
    closes: array[int]
    before: array[int]
    upto: array[int]
    until: int
    is_whole: bool

    @property
    def total(self) -> int:
        """Return the open seconds of the whole stretch."""
        return self.upto[-1] if self.upto else 0


def sum_up(spans: Iterable[Span], until: int, *, is_whole: bool) -> Spans:
    """Join touching or overlapping spans and add their running sums.

    spans: any order, empty ones allowed (a window swallowed by the clock change). until: epoch second.
    """
    opens, closes = array("q"), array("q")
    for opening, closing in sorted(spans):
        if closing <= opening:
            continue
        if closes and opening <= closes[-1]:
            closes[-1] = max(closes[-1], closing)
        else:
            opens.append(opening)
            closes.append(closing)
    before, upto, total = array("q"), array("q"), 0
    for opening, closing in zip(opens, closes, strict=True):
        before.append(total)
        total += closing - opening
        upto.append(total)
    return Spans(opens, closes, before, upto, until, is_whole)


class OpenTable:
    """A calendar's open time, compiled a few years at a time and kept.

    compile_until(day) must return the ``Spans`` from the calendar's first day up to ``day`` (local, exclusive).
    The table only ever grows, by swapping one whole ``Spans`` for a longer one, so threads may share it.
    """

    __slots__ = ("_compile", "_day", "_first", "spans")

    def __init__(self, first: date, years: int, compile_until: Callable[[date], Spans]) -> None:
        self._compile = compile_until
        self._first = first
        self._day = date(first.year + years, 1, 1)
        self.spans = compile_until(self._day)

    def grow(self) -> None:
        """Compile twice as many years. Raises CalendarEnds if the calendar has no more to give."""
        if self.spans.is_whole:
            if self.spans.total == 0:
                raise ImpossibleCalendar("The calendar never opens.")
            raise CalendarEnds("The calendar ends before the promise does.")
        self._day = date(2 * self._day.year - self._first.year, 1, 1)
        self.spans = self._compile(self._day)

    def reach(self, second: int) -> Spans:
        """Return spans that are known at ``second``, or the whole calendar if it ends earlier."""
        while second >= self.spans.until and not self.spans.is_whole:
            self.grow()
        return self.spans

    def position(self, second: int) -> int:
        """Return the open seconds from the calendar's first day to ``second``; outside its dates it is closed."""
        spans = self.spans
        if second >= spans.until:
            spans = self.reach(second)
        at = bisect_right(spans.opens, second) - 1
        if at < 0:
            return 0
        return spans.before[at] + min(second, spans.closes[at]) - spans.opens[at]

    def next_open(self, second: int) -> int:
        """Return the first open instant at or after ``second``. Raises CalendarEnds, ImpossibleCalendar."""
        while True:
            spans = self.reach(second)
            at = bisect_right(spans.closes, second)
            if at < len(spans.opens):
                return max(second, spans.opens[at])
            self.grow()

    def due(self, second: int, seconds: int) -> int:
        """Return the instant at which ``seconds`` of open time have passed since ``second``.

        Exactly at a closing time the closing instant is meant, not the next opening. For 0 seconds: the next open
        instant. Raises CalendarEnds, ImpossibleCalendar.
        """
        if seconds <= 0:
            return self.next_open(second)
        wanted = self.position(second) + seconds
        while wanted > self.spans.total:
            self.grow()
        spans = self.spans
        at = bisect_left(spans.upto, wanted)
        return spans.opens[at] + wanted - spans.before[at]
