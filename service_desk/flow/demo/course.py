"""What happens to a ticket after it was opened: looked at, worked on, asked about, resolved, answered; or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.flow.demo import field, mix
from service_desk.flow.demo.life import SYSTEM_KEY, Life, Today
from service_desk.flow.finish import ANSWER_DAYS
from service_desk.slas.rules import instant_of, whole_second
from service_desk.tickets.rules import text_digest

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from datetime import datetime

    from service_desk.flow.demo.field import Crew

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_PATIENT = ("ENF-NOISE", "ENF-PEDDLE")


@dataclass
class Fate:
    """What the draw decided for one ticket. twin: (instant, id) when another ticket is merged into it later."""

    words: dict[str, Any]
    clerk: tuple[str, int | None]
    resident: tuple[str, int | None]
    has_photos: bool = False
    twin: tuple[datetime, int] | None = None
    merged_into: tuple[datetime, int] | None = None
    reroute: Callable[[Life], dict[str, Any]] | None = None
    join: Callable[[Life], None] | None = None
    looked_at: datetime | None = None
    resolve_at: datetime | None = None
    is_stuck: bool = False
    #: when the twin was really merged into this ticket
    absorbed_at: datetime | None = None
    #: who works in the field; None: no orders are written
    crew: Crew | None = None


def plan(life: Life, fate: Fate, chance: random.Random) -> None:
    """Draw when the ticket is looked at and when it is resolved, against its promises."""
    resolve = next(each for each in life.watches if each.state.kind == "resolve")
    look = next(each for each in life.watches if each.state.kind == "acknowledge")
    city = city_map()
    unit = city.units.get(life.unit_id or 0)
    middle = mix.RESOLVE_MIDDLE + mix.SLOWER_CENTRE.get(city.centres[life.centre_id].number, 0.0)
    middle += mix.SLOWER_UNIT.get(unit.code, 0.0) if unit else 0.0
    ratio = min(chance.lognormvariate(middle, mix.RESOLVE_SPREAD), 6.0)
    if life.service_code in _PATIENT:
        ratio *= 1.5
    fate.resolve_at = _after(life.now, resolve, ratio, chance)
    if fate.is_stuck:
        fate.resolve_at = life.now + chance.uniform(52, 300) * DAY
    fate.looked_at = _after(life.now, look, min(chance.lognormvariate(-1.3, 0.8), 4.0), chance)
    latest = life.now + (fate.resolve_at - life.now) * 0.6
    fate.looked_at = max(min(fate.looked_at, latest), life.now + MINUTE)
    fate.resolve_at = max(fate.resolve_at, fate.looked_at + 4 * MINUTE)


def _after(start: datetime, watch: Any, ratio: float, chance: random.Random) -> datetime:
    """Return the instant when this part of the promise has passed on its calendar; night work is rare."""
    seconds = max(int(watch.state.minutes * 60 * ratio), 60)
    found = instant_of(watch.calendar.table.due(whole_second(start), seconds))
    if watch.calendar.is_always_open or start + 6 * HOUR > found:
        return found
    wall = clock.local(found)
    if 7 <= wall.hour < 19:
        return found
    morning = wall.replace(hour=8, minute=chance.randrange(60), second=chance.randrange(60))
    moved = (morning if wall.hour < 7 else morning.replace(hour=15)).astimezone(found.tzinfo)
    return max(moved, start + HOUR)


def live(life: Life, fate: Fate, chance: random.Random) -> None:
    """Let the ticket live until its end or the present."""
    try:
        if fate.merged_into is not None:
            _merge(life, fate, chance)
            return
        _look(life, fate, chance)
        if life.triage_reason == "outside_boundary" or chance.random() < mix.REJECTED:
            _reject(life, fate, chance)
            return
        _work(life, fate, chance)
        _resolve(life, fate, chance)
        _answer(life, fate, chance)
    except Today:
        return


def _merge(life: Life, fate: Fate, chance: random.Random) -> None:
    instant, main_id = fate.merged_into or (life.now, 0)
    for _ in range(1 if chance.random() < 0.3 else 0):
        _note(life, fate, chance)
    life.at(instant)
    life.merged_into_id = main_id
    seq = life.move("duplicate", "merged", fate.clerk, {"into": main_id})
    life.tell("merged", seq)


def _look(life: Life, fate: Fate, chance: random.Random) -> None:
    life.at(fate.looked_at or life.now)
    if life.triage_reason and fate.reroute is not None and life.triage_reason != "outside_boundary":
        life.move("triaged", "rerouted", fate.clerk, fate.reroute(life))
    elif life.handler_kind == "centre":
        life.assignee_id = fate.clerk[1]
        life.move("assigned", "taken", fate.clerk, {"assignee": life.assignee_id})
    elif life.handler_kind == "outside" or chance.random() < (mix.ORDERED if fate.crew else 0.45):
        _hand_over(life, fate)
    else:
        life.move("triaged", "triaged", fate.clerk, {})


def _hand_over(life: Life, fate: Fate) -> None:
    unit = city_map().units[life.unit_id or 0]
    life.assignee_id = life.triage_reason = None
    status = "handed_over" if unit.kind == "outside" else "assigned"
    seq = life.move(status, "handed_over", fate.clerk, {"unit": unit.code, "kind": unit.kind})
    life.tell("handed_over", seq, holder=unit.name)
    if fate.crew is not None and unit.kind == "contractor":
        field.issue(life)


def _reject(life: Life, fate: Fate, chance: random.Random) -> None:
    life.at(life.now + chance.uniform(0.1, 20) * HOUR)
    reason = "not_municipal" if life.triage_reason else chance.choice(tuple(fate.words["rejected"]))
    for work in life.orders.values():
        field.say(life, work, "order_cancelled", fate.clerk, {"reason": "not_needed"})
    words = fate.words["rejected"][reason]
    life.outcome = reason
    seq = life.move("rejected", "rejected", fate.clerk, {"reason": reason, "words": text_digest(words)})
    life.say("reason", seq, words, fate.clerk)
    life.tell("rejected", seq, text=words)


def _work(life: Life, fate: Fate, chance: random.Random) -> None:
    end = fate.resolve_at or life.now
    span = end - life.now
    acts: list[tuple[datetime, Callable[..., None]]] = []
    work = next(iter(life.orders.values()), None)
    if work is not None and fate.crew is not None:
        acts += [
            (at, lambda _life, _fate, _chance, act=act: act())
            for at, act in field.acts(life, work, end, fate.crew)
        ]
    elif life.status != "handed_over" and chance.random() < 0.9:
        acts.append((life.now + span * chance.uniform(0.2, 0.7), _start))
    for part, act in ((mix.NOTED, _note), (mix.REMARKED, _remark), (mix.ASKED, _ask)):
        if chance.random() < part:
            acts.append((life.now + span * chance.uniform(0.05, 0.9), act))
    if fate.join is not None:
        acts.append((life.now + span * chance.uniform(0.02, 0.8), _join))
    safe = next((each for each in life.watches if each.state.kind == "make_safe"), None)
    if safe is not None and work is None:
        wanted = life.opened_at + (safe.state.due_at - life.opened_at) * chance.lognormvariate(-0.9, 0.7)
        acts.append((min(max(wanted, life.now), end), _make_safe))
    if fate.twin is not None:
        acts.append((fate.twin[0], _absorb))
    for instant, act in sorted(acts, key=lambda each: each[0]):
        life.at(instant)
        act(life, fate, chance)
    _check(life, fate, chance)


def _check(life: Life, fate: Fate, chance: random.Random) -> None:
    """Let the clerk look at what the field reported; what fails is done again."""
    if fate.crew is None:
        return
    for work in life.orders.values():
        if work.order.state == "done":
            life.at(life.now + chance.uniform(1, 45) * HOUR)
            if not field.check(life, work, fate.crew, may_fail=True):
                life.at(life.now + chance.uniform(3, 30) * HOUR)
                field.finish(life, work, fate.crew, ("after",))
                life.at(life.now + chance.uniform(0.5, 10) * HOUR)
                field.check(life, work, fate.crew, may_fail=False)
        fate.resolve_at = max(fate.resolve_at or life.now, life.now + MINUTE)


def _start(life: Life, fate: Fate, _chance: random.Random) -> None:
    if life.assignee_id is None and life.handler_kind == "centre":
        life.assignee_id = fate.clerk[1]
    life.move("in_progress", "started", fate.clerk)


def _note(life: Life, fate: Fate, chance: random.Random) -> None:
    words = chance.choice(fate.words["notes"])
    seq = life.note("noted", fate.clerk, {"words": text_digest(words)})
    life.say("note", seq, words, fate.clerk, is_internal=True)


def _remark(life: Life, fate: Fate, chance: random.Random) -> None:
    words = chance.choice(fate.words["remarks"])
    data = {"photos": 0, "words": text_digest(words)}
    if life.status == "waiting":
        seq, kind = life.move(_back(life), "answered", fate.resident, data), "answer"
    else:
        seq, kind = life.note("remarked", fate.resident, data), "remark"
    life.say(kind, seq, words, fate.resident)
    life.has_news = True


def _back(life: Life) -> str:
    return "in_progress" if life.assignee_id or life.unit_id else "triaged"


def _ask(life: Life, fate: Fate, chance: random.Random) -> None:
    if life.status == "waiting":
        return
    words = chance.choice(fate.words["questions"])
    seq = life.move("waiting", "asked", fate.clerk, {"words": text_digest(words)})
    life.say("question", seq, words, fate.clerk)
    life.tell("question", seq, text=words)
    waited = timedelta(days=9) if fate.is_stuck else chance.uniform(0.2, 50) * HOUR
    asked_at = life.now
    life.at(asked_at + waited)
    answer = chance.choice(fate.words["answers"])
    seq = life.move(_back(life), "answered", fate.resident, {"photos": 0, "words": text_digest(answer)})
    life.say("answer", seq, answer, fate.resident)
    life.has_news = True
    fate.resolve_at = (fate.resolve_at or life.now) + (life.now - asked_at)


def _make_safe(life: Life, fate: Fate, _chance: random.Random) -> None:
    life.note("made_safe", fate.clerk, {})
    life.stop("make_safe")


def _join(life: Life, fate: Fate, _chance: random.Random) -> None:
    if fate.join is not None:
        fate.join(life)


def _absorb(life: Life, fate: Fate, _chance: random.Random) -> None:
    fate.absorbed_at = life.now
    life.follower_count += 1
    life.note("absorbed", fate.clerk, {"from": (fate.twin or (None, 0))[1], "followers": 1})


def _resolve(life: Life, fate: Fate, chance: random.Random) -> None:
    life.at(max(fate.resolve_at or life.now, life.now + MINUTE))
    if any(each[1] == "after" for work in life.orders.values() for each in work.proofs):
        outcome, photos = "photo", 0
    elif fate.has_photos and not life.is_sensitive and life.needs_place and chance.random() < 0.8:
        outcome, photos = "photo", 1
    else:
        usual = (
            ("seen_by_staff", "seen_by_staff", "seen_by_staff", "nothing_found")
            if life.needs_place
            else ("answered",)
        )
        outcome, photos = ("done_by_other" if life.handler_kind == "outside" else chance.choice(usual)), 0
    words = chance.choice(fate.words["resolved"][outcome])
    life.outcome = outcome
    life.photo_count += photos
    data = {"outcome": outcome, "photos": photos, "words": text_digest(words)}
    seq = life.move("resolved", "resolved", fate.clerk, data)
    life.say("reply", seq, words, fate.clerk)
    life.tell("resolved", seq)


def _answer(life: Life, fate: Fate, chance: random.Random) -> None:
    """The person's answer: not done, done, or silence for the whole time to answer."""
    resolved_at = life.now
    if life.reopened_count == 0 and chance.random() < mix.REOPENED:
        life.at(resolved_at + chance.uniform(1, 140) * HOUR)
        words = chance.choice(fate.words["not_done"])
        data = {"by": "resident", "before": "resolved", "words": text_digest(words)}
        seq = life.move("reopened", "reopened", fate.resident, data)
        life.say("remark", seq, words, fate.resident)
        life.has_news = True
        if fate.crew is not None:
            field.doubt(life, fate.resident)
        life.tell("reopened", seq, due_at=life.due_at)
        _again(life, fate, chance)
        _answer(life, fate, chance)
        return
    if chance.random() < mix.CONFIRMED:
        life.at(resolved_at + chance.uniform(0.3, 150) * HOUR)
        seq = life.move("closed", "confirmed", fate.resident, {"by": "resident"})
    else:
        life.at(resolved_at + ANSWER_DAYS * DAY + chance.uniform(5, 55) * MINUTE)
        seq = life.move("closed", "closed", SYSTEM_KEY, {"by": "silence"})
    life.tell("closed", seq)


def _again(life: Life, fate: Fate, chance: random.Random) -> None:
    promised = next(
        each for each in life.watches if each.state.kind == "resolve" and each.state.stopped_at is None
    )
    end = _after(life.now, promised, chance.lognormvariate(-0.9, 0.7), chance)
    life.at(life.now + (end - life.now) * 0.3)
    doubted = next((work for work in life.orders.values() if work.order.state == "accepted"), None)
    if doubted is not None and fate.crew is not None:
        field.finish(life, doubted, fate.crew, ("before", "after"))
        _check(life, fate, chance)
        fate.resolve_at = max(end, life.now + MINUTE)
        _resolve(life, fate, chance)
        return
    life.assignee_id = life.assignee_id or (fate.clerk[1] if life.handler_kind == "centre" else None)
    life.move("in_progress", "started", fate.clerk)
    fate.resolve_at = end
    _resolve(life, fate, chance)
