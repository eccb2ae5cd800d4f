"""Random terms and random orders' lives that the tests of contracts share."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from service_desk.contractors.rules import CLOCK_KINDS, FINDINGS
from service_desk.contractors.rules.contract import EVENT_METRICS, ContractTerms
from service_desk.contractors.rules.judging import Failure, OrderFacts, Standstill
from service_desk.slas.rules import Calendar, DayKind, DayRule, Window

BEGINS = date(2025, 1, 1)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
WORKDAYS = (6, 0, 1, 2, 3)
CONTRACTOR = Calendar(
    "contractor",
    (*(Window(day, 420, 1020) for day in WORKDAYS), Window(4, 420, 720)),
    (
        DayRule(date(2026, 4, 1), DayKind.WINDOWS, ((480, 780),)),
        DayRule(date(2026, 4, 2), DayKind.CLOSED),
    ),
    valid_from=BEGINS,
)
CALENDARS = {
    "contractor": CONTRACTOR,
    "24x7": Calendar("24x7", valid_from=BEGINS, is_always_open=True),
    "business": Calendar("business", tuple(Window(day, 0, 1440) for day in WORKDAYS), valid_from=BEGINS),
}
SERVICES = ("RD-POTHOLE", "RD-SIGN", "RD-KERB")


def plain(**parts):
    """Usual terms as JSON; keyword arguments replace its parts."""
    return {
        "domains": ["roads"],
        "areas": None,
        "calendar": "contractor",
        "duties": {
            "accept": {"minutes": 120, "hazard_minutes": 30},
            "arrive": {"minutes": 1440, "hazard_minutes": 60},
            "make_safe": {"hazard_minutes": 240},
            "complete": {"minutes": 4320, "hazard_minutes": 1440, "by_service": {"RD-SIGN": 2000}},
        },
        "prices": [
            {
                "metric": "complete",
                "unit": "day",
                "amount_agorot": 15000,
                "grace_minutes": 30,
                "allowance": 3,
                "step_percent": 50,
                "step_max_percent": 200,
            }
        ],
        "monthly_fee_agorot": 12_000_000,
        "cap_percent": 10,
    } | parts


minutes = st.integers(1, 6000)


@st.composite
def prices(draw, metric):
    """A possible price of the metric."""
    has_length = metric not in EVENT_METRICS
    step = draw(st.sampled_from([0, 0, 25, 100]))
    return {
        "metric": metric,
        "unit": draw(st.sampled_from(["case", "hour", "day"])) if has_length else "case",
        "amount_agorot": draw(st.integers(1, 100_000)),
        "grace_minutes": draw(st.sampled_from([0, 0, 17, 600])) if has_length else 0,
        "allowance": draw(st.integers(0, 3)),
        "step_percent": step,
        "step_max_percent": step * draw(st.integers(1, 4)),
        "is_hazard_only": draw(st.booleans()),
    }


@st.composite
def terms_json(draw):
    """Possible terms, as JSON."""
    usual = sorted(draw(st.lists(minutes, min_size=3, max_size=3)))
    urgent = sorted(draw(st.lists(minutes, min_size=4, max_size=4)))
    duties = {
        "accept": {"minutes": usual[0], "hazard_minutes": urgent[0]},
        "arrive": {"minutes": usual[1]},
        "make_safe": {"hazard_minutes": urgent[2]},
        "complete": {"minutes": usual[2], "by_service": {"RD-SIGN": usual[2] + draw(st.integers(0, 900))}},
    }
    if draw(st.booleans()):
        duties["complete"]["hazard_minutes"] = urgent[3]
    metrics = draw(st.lists(st.sampled_from([*CLOCK_KINDS, *EVENT_METRICS]), unique=True, min_size=1))
    return plain(
        calendar=draw(st.sampled_from(sorted(CALENDARS))),
        duties=duties,
        prices=[draw(prices(metric)) for metric in metrics],
        repeat_days=draw(st.sampled_from([1, 30])),
        monthly_fee_agorot=draw(st.integers(1000, 2_000_000)),
    )


terms = terms_json().map(ContractTerms.from_json)


@st.composite
def lives(draw, order_id=1):
    """A life of an order: facts in any order of time after its issue, pauses, failures, some of it missing."""

    def later(most_days):
        return issued + timedelta(seconds=draw(st.integers(0, most_days * 86_400)))

    issued = FIRST + timedelta(seconds=draw(st.integers(0, 150 * 86_400)))
    facts = [later(60) if draw(st.booleans()) else None for _ in range(4)]
    has_ended = draw(st.booleans())
    edges = sorted(later(40) for _ in range(2 * draw(st.integers(0, 3))))
    pauses = [Standstill(edges[n], edges[n + 1]) for n in range(0, len(edges), 2)]
    if pauses and not has_ended and draw(st.booleans()):
        pauses[-1] = Standstill(pauses[-1].started_at)
    failed = sorted(later(50) for _ in range(draw(st.integers(0, 2))))
    return OrderFacts(
        order_id=order_id,
        service_code=draw(st.sampled_from(SERVICES)),
        is_hazard=draw(st.booleans()),
        issued_at=issued,
        accepted_at=facts[0],
        arrived_at=facts[1],
        made_safe_at=facts[2],
        done_at=facts[3],
        ended_at=later(70) if has_ended else None,
        end=draw(st.sampled_from(["passed", "passed", "refused", "cancelled"])) if has_ended else None,
        pauses=tuple(pauses),
        failures=tuple(Failure(at, draw(st.sampled_from(FINDINGS))) for at in failed),
        has_evidence=draw(st.booleans()),
        repeated_after_seconds=draw(st.sampled_from([None, 3600, 20 * 86_400])),
    )


@st.composite
def many_lives(draw):
    """Several orders of one contractor."""
    return [draw(lives(order_id=n)) for n in range(draw(st.integers(0, 8)))]


untils = st.integers(0, 300 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))
