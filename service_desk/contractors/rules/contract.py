"""What a contract says, as a value: duties in minutes, prices of breaches, evidence, the month's allowance and cap.

The JSON of `Contract.terms` is read and written here and nowhere else. `docs/contracts.md` explains each term.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk.contractors.rules import CLOCK_KINDS, METRICS, PROOF_KINDS
from service_desk.contractors.rules.fitting import check_together
from service_desk.contractors.rules.reading import BadTerms, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ALWAYS",
    "EVENT_METRICS",
    "UNITS",
    "BadTerms",
    "ContractTerms",
    "Duty",
    "DutyTerms",
    "Known",
    "Price",
]

#: the calendar of a hazard's duties: every hour of every day
ALWAYS = "24x7"
#: what a price is for: the breach as such, or each started hour or day of open time beyond due time and grace
UNITS = ("case", "hour", "day")
#: breaches that have no length: they are priced by the case
EVENT_METRICS = ("quality", "repeat", "evidence", "false_done")
YEAR_MINUTES = 525_600
MOST_AGOROT = 10_000_000_000
_FIELDS = (
    "domains", "areas", "calendar", "duties", "prices", "repeat_days", "repeat_radius_m", "proofs", "needs_place",
    "place_radius_m", "sample_percent", "answer_days", "monthly_fee_agorot", "cap_percent",
)  # fmt: skip
_PRICE_FIELDS = (
    "metric", "unit", "amount_agorot", "grace_minutes", "allowance", "step_percent", "step_max_percent", "is_hazard_only",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The codes that terms may name. None: not checked (a stored contract may name what the city has since ended)."""

    domains: frozenset[str] | None = None
    areas: frozenset[str] | None = None
    calendars: frozenset[str] | None = None
    services: frozenset[str] | None = None


@dataclass(frozen=True)
class Duty:
    """How long the contractor has for one duty of one order: open minutes on the named calendar."""

    minutes: int
    calendar_code: str


@dataclass(frozen=True)
class DutyTerms:
    """One row of the duties. minutes: usual orders; hazard_minutes: hazards, day and night; by_service: other minutes for named types."""

    minutes: int | None = None
    hazard_minutes: int | None = None
    by_service: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Price:
    """What one breach of a metric costs.

    amount_agorot: per unit. grace_minutes: open time beyond due that is forgiven. allowance: free breaches per month.
    step_percent: each further priced breach of the month costs that much more, up to step_max_percent extra.
    """

    metric: str
    unit: str
    amount_agorot: int
    grace_minutes: int = 0
    allowance: int = 0
    step_percent: int = 0
    step_max_percent: int = 0
    is_hazard_only: bool = False


@dataclass(frozen=True)
class ContractTerms:
    """The whole content of one version. areas None: the whole city. calendar: of duties other than hazards'."""

    domains: tuple[str, ...]
    areas: tuple[str, ...] | None
    calendar: str
    duties: Mapping[str, DutyTerms]
    prices: tuple[Price, ...] = ()
    #: a second order of the same type within these days and metres after one that passed is a repeat failure; 0 = none
    repeat_days: int = 30
    repeat_radius_m: int = 25
    #: photos that complete the evidence
    proofs: tuple[str, ...] = ("before", "after")
    #: whether evidence needs a place, and how near the order's place it must be (m)
    needs_place: bool = True
    place_radius_m: int = 150
    #: percent of finished orders that are checked beyond those always checked
    sample_percent: int = 20
    #: days the contractor has to answer a proposed damage
    answer_days: int = 10
    monthly_fee_agorot: int = 0
    #: most that a month's damages may take of the monthly fee
    cap_percent: int = 10

    @property
    def cap_agorot(self) -> int:
        """Return the most that one month's damages may come to."""
        return self.monthly_fee_agorot * self.cap_percent // 100

    def duty(self, kind: str, *, is_hazard: bool, service_code: str) -> Duty | None:
        """Return what the contract gives an order for the duty (one of CLOCK_KINDS), or None when it asks none.

        A hazard without hazard minutes is held to the usual ones, on the contract's calendar.
        """
        row = self.duties.get(kind)
        if row is None:
            return None
        if is_hazard and row.hazard_minutes is not None:
            return Duty(row.hazard_minutes, ALWAYS)
        minutes = row.by_service.get(service_code, row.minutes)
        return None if minutes is None else Duty(minutes, self.calendar)

    def price(self, metric: str) -> Price | None:
        """Return what a breach of the metric costs, or None when it costs nothing."""
        return next((each for each in self.prices if each.metric == metric), None)

    def covers(self, domain: str, area_code: str | None) -> bool:
        """Say whether the contract is for this work there. A place outside every area is only in a city-wide contract."""
        return domain in self.domains and (self.areas is None or area_code in self.areas)

    @classmethod
    def from_json(cls, data: object, known: Known = Known()) -> ContractTerms:
        """Return the terms that a JSON object says. Raises BadTerms with the problem of every field that has one."""
        read = Reading(data)
        read.only(_FIELDS)
        areas = None if read.data.get("areas") is None else read.choices("areas", known.areas, default=())
        terms = cls(
            domains=read.choices("domains", known.domains, default=()),
            areas=areas,
            calendar=read.choice("calendar", known.calendars),
            duties=_duties(read.part("duties"), known),
            prices=tuple(_price(each) for each in read.parts("prices")),
            repeat_days=read.whole("repeat_days", 0, 365, default=30),
            repeat_radius_m=read.whole("repeat_radius_m", 1, 1000, default=25),
            proofs=read.choices("proofs", PROOF_KINDS, default=("before", "after")),
            needs_place=read.flag("needs_place", default=True),
            place_radius_m=read.whole("place_radius_m", 10, 5000, default=150),
            sample_percent=read.whole("sample_percent", 0, 100, default=20),
            answer_days=read.whole("answer_days", 1, 90, default=10),
            monthly_fee_agorot=read.whole("monthly_fee_agorot", 0, MOST_AGOROT, default=0),
            cap_percent=read.whole("cap_percent", 0, 100, default=10),
        )
        check_together(terms, read)
        if read.problems:
            raise BadTerms(read.problems)
        return terms

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` reads back as the same terms."""
        return {
            "domains": list(self.domains),
            "areas": None if self.areas is None else list(self.areas),
            "calendar": self.calendar,
            "duties": {kind: _duty_json(row) for kind, row in self.duties.items()},
            "prices": [{name: getattr(each, name) for name in _PRICE_FIELDS} for each in self.prices],
            **{name: getattr(self, name) for name in _FIELDS[5:] if name != "proofs"},
            "proofs": list(self.proofs),
        }


def _duty_json(row: DutyTerms) -> dict[str, Any]:
    parts: dict[str, Any] = {"minutes": row.minutes, "hazard_minutes": row.hazard_minutes}
    said = {name: value for name, value in parts.items() if value is not None}
    return {**said, "by_service": dict(row.by_service)} if row.by_service else said


def _duties(read: Reading, known: Known) -> dict[str, DutyTerms]:
    read.only(CLOCK_KINDS)
    return {kind: _duty(read.part(kind), kind, known) for kind in CLOCK_KINDS if kind in read.data}


def _duty(read: Reading, kind: str, known: Known) -> DutyTerms:
    if kind == "make_safe" and {"minutes", "by_service"} & set(read.data):
        read.refuse("minutes" if "minutes" in read.data else "by_service", "hazards_only")
    read.only(("minutes", "hazard_minutes", "by_service"))
    named = read.part("by_service")
    if known.services is not None:
        for code in named.data:
            if code not in known.services:
                named.refuse(code, "unknown")
    row = DutyTerms(
        minutes=read.maybe_whole("minutes", 1, YEAR_MINUTES),
        hazard_minutes=read.maybe_whole("hazard_minutes", 1, YEAR_MINUTES),
        by_service={code: named.whole(code, 1, YEAR_MINUTES) for code in named.data},
    )
    if row.minutes is None and row.hazard_minutes is None and not row.by_service:
        read.refuse("hazard_minutes" if kind == "make_safe" else "minutes", "required")
    return row


def _price(read: Reading) -> Price:
    read.only(_PRICE_FIELDS)
    price = Price(
        metric=read.choice("metric", METRICS),
        unit=read.choice("unit", UNITS),
        amount_agorot=read.whole("amount_agorot", 1, MOST_AGOROT),
        grace_minutes=read.whole("grace_minutes", 0, YEAR_MINUTES // 12, default=0),
        allowance=read.whole("allowance", 0, 10_000, default=0),
        step_percent=read.whole("step_percent", 0, 1000, default=0),
        step_max_percent=read.whole("step_max_percent", 0, 1000, default=0),
        is_hazard_only=read.flag("is_hazard_only", default=False),
    )
    if price.step_max_percent < price.step_percent:
        read.refuse("step_max_percent", "less_than_step")
    if price.metric in EVENT_METRICS:
        if price.unit != "case":
            read.refuse("unit", "by_case_only")
        if price.grace_minutes:
            read.refuse("grace_minutes", "no_length")
    return price
