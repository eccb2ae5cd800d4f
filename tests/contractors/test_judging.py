"""Judging: examples that a person can check, and both judges agreeing on random lives."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from random_lives import CALENDARS, lives, many_lives, plain, terms, untils

from service_desk.contractors.rules import METRICS
from service_desk.contractors.rules.columns import columns_of
from service_desk.contractors.rules.contract import ContractTerms
from service_desk.contractors.rules.judging import Failure, OrderFacts, Standstill, judge
from service_desk.contractors.rules.judging_many import judge_many
from service_desk.contractors.rules.month import assess
from service_desk.contractors.rules.month_many import assess_many
from service_desk.slas.rules import whole_second


def at(day, hour=0, minute=0, month=1):
    """Return a wall-clock time of winter 2026 in Israel (UTC+2)."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=2)


def price(metric, unit="case", amount=10_000, **more):
    return {"metric": metric, "unit": unit, "amount_agorot": amount} | more


def said(*prices, **parts):
    return ContractTerms.from_json(plain(prices=list(prices), **parts))


def order(**parts):
    """An order issued on Sunday 4 January 2026 at 08:00."""
    return OrderFacts(
        **({"order_id": 7, "service_code": "RD-POTHOLE", "is_hazard": False, "issued_at": at(4, 8)} | parts)
    )


# 600 open minutes a working day: three days from Sunday 08:00 end on Wednesday at 08:00.
THREE_DAYS = {"complete": {"minutes": 1800, "hazard_minutes": 1440}, "make_safe": {"hazard_minutes": 240}}


def test_work_done_in_time_costs_nothing():
    facts = order(done_at=at(7, 8), ended_at=at(7, 12), end="passed")
    assert judge(facts, said(price("complete"), duties=THREE_DAYS), CALENDARS, at(20)) == []


def test_a_second_past_due_and_grace_is_a_case():
    facts = order(done_at=at(7, 8, 30) + timedelta(seconds=1))
    (breach,) = judge(facts, said(price("complete", grace_minutes=30), duties=THREE_DAYS), CALENDARS, at(20))
    assert (breach.due_at, breach.breached_at) == (at(7, 8), at(7, 8, 30))
    assert (breach.units, breach.amount_agorot, breach.over_minutes) == (1, 10_000, 30)
    assert (
        judge(
            order(done_at=at(7, 8, 30)),
            said(price("complete", grace_minutes=30), duties=THREE_DAYS),
            CALENDARS,
            at(20),
        )
        == []
    )


def test_each_started_hour_of_open_time_is_counted():
    # Wednesday 08:00 to 17:00 is nine hours, Thursday 07:00 to 07:01 begins the tenth.
    facts = order(done_at=at(8, 7, 1))
    (breach,) = judge(facts, said(price("complete", "hour", 500), duties=THREE_DAYS), CALENDARS, at(20))
    assert (breach.units, breach.amount_agorot) == (10, 5_000)


def test_each_started_working_day_is_counted_and_saturday_is_none():
    # Late on Wednesday, Thursday and Friday; Saturday is closed; done on Sunday morning: the fourth day.
    facts = order(done_at=at(11, 9))
    (breach,) = judge(facts, said(price("complete", "day", 15_000), duties=THREE_DAYS), CALENDARS, at(20))
    assert (breach.units, breach.amount_agorot) == (4, 60_000)


def test_a_hazard_is_judged_day_and_night():
    facts = order(is_hazard=True, made_safe_at=at(4, 15, 1))
    (breach,) = judge(facts, said(price("make_safe", "hour", 50_000), duties=THREE_DAYS), CALENDARS, at(20))
    assert (breach.due_at, breach.units, breach.amount_agorot) == (at(4, 12), 4, 200_000)


def test_a_pause_before_due_moves_it_and_a_later_one_is_not_counted_as_lateness():
    terms_ = said(price("complete", "hour", 100), duties=THREE_DAYS)
    moved = order(done_at=at(8, 8), pauses=(Standstill(at(5, 8), at(6, 8)),))
    assert judge(moved, terms_, CALENDARS, at(20)) == []
    stood = order(done_at=at(7, 12), pauses=(Standstill(at(7, 9), at(7, 11)),))
    (breach,) = judge(stood, terms_, CALENDARS, at(20))
    assert (breach.due_at, breach.units) == (at(7, 8), 2)


def test_a_pause_that_still_stands_holds_the_clock():
    facts = order(pauses=(Standstill(at(5, 8)),))
    assert judge(facts, said(price("complete"), duties=THREE_DAYS), CALENDARS, at(25)) == []


def test_a_duty_that_is_still_open_grows_and_is_not_settled():
    terms_ = said(price("complete", "day", 100), duties=THREE_DAYS)
    (early,), (later,) = (judge(order(), terms_, CALENDARS, at(day, 20)) for day in (8, 15))
    assert (early.units, later.units) == (2, 8)
    assert (early.happened_at, early.is_settled) == (None, False)


def test_a_growing_breach_is_cut_at_the_months_end_and_the_parts_add_up():
    terms_ = said(price("complete", "day", 100), duties=THREE_DAYS)
    done = order(done_at=at(10, 9, month=2))
    parts = judge(done, terms_, CALENDARS, at(20, month=2))
    assert [(each.month, each.round) for each in parts] == [(date(2026, 1, 1), 0), (date(2026, 2, 1), 1)]
    # January: 7th to 31st without four Saturdays; February: 1st to 10th without one.
    assert [each.units for each in parts] == [21, 9]
    assert all(each.is_settled for each in parts)


def test_a_months_part_is_settled_a_day_after_the_month_when_the_duty_is_open():
    terms_ = said(price("complete", "day", 100), duties=THREE_DAYS)
    assert [each.is_settled for each in judge(order(), terms_, CALENDARS, at(1, 23, month=2))] == [
        False,
        False,
    ]
    parts = judge(order(), terms_, CALENDARS, at(2, month=2))
    assert [each.is_settled for each in parts] == [True, False]


def test_a_breach_by_the_case_falls_in_the_month_in_which_it_was_broken():
    (breach,) = judge(order(), said(price("complete"), duties=THREE_DAYS), CALENDARS, at(20, month=3))
    assert (breach.month, breach.round, breach.is_settled) == (date(2026, 1, 1), 0, True)


def test_who_has_finished_has_also_accepted_and_arrived():
    duties = {"accept": {"minutes": 60}, "arrive": {"minutes": 120}, "complete": {"minutes": 1800}}
    terms_ = said(price("accept"), price("arrive", "hour"), duties=duties)
    accept, arrive = judge(order(done_at=at(4, 11, 30)), terms_, CALENDARS, at(20))
    assert (accept.metric, accept.happened_at) == ("accept", at(4, 11, 30))
    assert (arrive.metric, arrive.units) == ("arrive", 2)


def test_a_cancelled_order_is_late_only_until_it_was_cancelled():
    terms_ = said(price("complete", "hour", 100), duties=THREE_DAYS)
    assert judge(order(ended_at=at(7, 7), end="cancelled"), terms_, CALENDARS, at(20)) == []
    (breach,) = judge(order(ended_at=at(7, 9, 30), end="cancelled"), terms_, CALENDARS, at(20))
    assert breach.units == 2


def test_what_a_verification_found_is_priced_by_its_finding():
    failures = (
        Failure(at(8, 9), "not_done"),
        Failure(at(9, 9), "left_dirty"),
        Failure(at(10, 9), "no_evidence"),
    )
    facts = order(failures=failures, done_at=at(7, 7), ended_at=at(11, 9), end="passed")
    terms_ = said(price("quality"), price("false_done", amount=100_000), price("evidence", amount=2_000))
    found = [
        (each.metric, each.round, each.amount_agorot) for each in judge(facts, terms_, CALENDARS, at(20))
    ]
    assert found == [("false_done", 1, 100_000), ("quality", 2, 10_000), ("evidence", 3, 2_000)]
    without = said(price("quality"))
    assert [each.metric for each in judge(facts, without, CALENDARS, at(20))] == ["quality"] * 3


def test_missing_evidence_and_repeats_count_when_the_order_has_passed():
    facts = order(done_at=at(7, 7), has_evidence=False, repeated_after_seconds=29 * 86_400)
    terms_ = said(price("evidence"), price("repeat"))
    assert judge(facts, terms_, CALENDARS, at(20)) == []
    passed = order(
        done_at=at(7, 7),
        ended_at=at(8, 9),
        end="passed",
        has_evidence=False,
        repeated_after_seconds=29 * 86_400,
    )
    assert [each.metric for each in judge(passed, terms_, CALENDARS, at(20))] == ["evidence", "repeat"]
    shorter = said(price("repeat"), repeat_days=28)
    assert judge(passed, shorter, CALENDARS, at(20)) == []


def test_a_price_for_hazards_leaves_other_orders_alone():
    terms_ = said(price("complete", is_hazard_only=True), duties=THREE_DAYS)
    assert judge(order(), terms_, CALENDARS, at(20)) == []
    assert len(judge(order(is_hazard=True), terms_, CALENDARS, at(20))) == 1


def as_rows(breaches):
    return sorted(
        (
            each.order_id,
            METRICS.index(each.metric),
            each.round,
            whole_second(each.breached_at),
            each.month.year * 12 + each.month.month - 1,
            each.units,
            each.amount_agorot,
            each.is_settled,
        )
        for each in breaches
    )


@settings(max_examples=250, deadline=None)
@given(many_lives(), terms, untils)
def test_many_at_once_are_judged_as_each_alone(orders, terms_, until):
    alone = [breach for each in orders for breach in judge(each, terms_, CALENDARS, until)]
    columns = columns_of(orders)
    many = judge_many(columns, terms_, CALENDARS, whole_second(until))
    rows = zip(
        columns.order_id[many.order].tolist(), many.metric.tolist(), many.round.tolist(), many.breached.tolist(),
        many.month.tolist(), many.units.tolist(), many.amount_agorot.tolist(), many.is_settled.tolist(), strict=True,
    )  # fmt: skip
    assert sorted(rows) == as_rows(alone)
    lines = assess_many(many, columns.order_id, terms_)
    for month in {each.month for each in alone}:
        one = assess((each.item for each in alone if each.month == month), terms_.cap_agorot)
        here = lines.month == month.year * 12 + month.month - 1
        assert lines.charged_agorot[here].tolist() == [line.charged_agorot for line in one.lines]
        assert lines.is_free[here].tolist() == [line.is_free for line in one.lines]
        assert int(np.sum(lines.stepped_agorot[here])) == one.before_cap_agorot


@settings(max_examples=150, deadline=None)
@given(lives(), terms, untils, untils)
def test_a_settled_breach_never_changes_with_time(facts, terms_, one, other):
    before, after = sorted((one, other))

    settled = {
        (each.metric, each.round): each.amount_agorot
        for each in judge(facts, terms_, CALENDARS, before)
        if each.is_settled
    }
    later = {(each.metric, each.round): each.amount_agorot for each in judge(facts, terms_, CALENDARS, after)}
    assert settled.items() <= later.items()
