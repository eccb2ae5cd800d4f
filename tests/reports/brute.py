"""Every counter once more, in plain Python: a walk over the tickets' raw events, with no SQL of the figures."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from service_desk.clock import local
from service_desk.reports.rules import cell_of
from service_desk.slas.models import Clock
from service_desk.tickets.models import Ticket, TicketEvent

HOLDERS = ("centre", "unit", "contractor", "outside", "resident")


@dataclass
class Brute:
    """days: {(day, centre, counter): number}; now: {(centre, counter): number}; times: {(spread, day, centre): minutes, sorted}."""

    days: Counter = field(default_factory=Counter)
    now: Counter = field(default_factory=Counter)
    times: dict = field(default_factory=lambda: defaultdict(list))

    def add(self, at, ticket, name, number=1):
        """Count something on the city's day of an instant."""
        if number:
            self.days[local(at).date(), ticket.centre_id, name] += number

    def time(self, spread, at, ticket, lasted):
        """Keep how long something took, in whole minutes."""
        self.times[spread, local(at).date(), ticket.centre_id].append(
            max(0, int(lasted.total_seconds() // 60))
        )


@dataclass
class Work:
    """Work that was said to be done, where and when."""

    at: object
    service: str
    cell: int | None


def walk(session):
    """Return the account of everything the present authority has."""
    tickets = {each.id: each for each in session.query(Ticket)}
    events, clocks = defaultdict(list), defaultdict(dict)
    for event in session.query(TicketEvent).order_by(TicketEvent.ticket_id, TicketEvent.seq):
        events[event.ticket_id].append(event)
    for clock in session.query(Clock):
        clocks[clock.ticket_id][clock.kind, clock.round] = clock
    brute, works = Brute(), []
    for ticket in tickets.values():
        works += _one(brute, ticket, events[ticket.id], clocks[ticket.id])
    for ticket in tickets.values():
        brute.add(ticket.opened_at, ticket, "repeats", int(_came_again(ticket, works)))
    return brute


def _cell(ticket):
    is_placed = ticket.lon is not None and ticket.status != "duplicate"
    return cell_of(ticket.lon, ticket.lat) if is_placed else None


def _came_again(ticket, works):
    cell = _cell(ticket)
    return cell is not None and any(
        work.cell == cell
        and work.service == ticket.service_code
        and timedelta(0) < ticket.opened_at - work.at <= timedelta(days=30)
        for work in works
    )


def _rounds(events):
    rounds = [[]]
    for event in events:
        if event.kind == "reopened":
            rounds.append([])
        rounds[-1].append(event)
    return rounds


def _one(brute, ticket, events, clocks):
    brute.add(ticket.opened_at, ticket, "received")
    brute.add(ticket.opened_at, ticket, "hazards", int(ticket.is_hazard))
    rounds, works = _rounds(events), []
    for number, own in enumerate(rounds):
        after = rounds[number + 1] if number + 1 < len(rounds) else None
        done_at = _promise(brute, ticket, clocks["resolve", number], own)
        if done_at is not None:
            works.append(Work(done_at, ticket.service_code, _cell(ticket)))
            _done(brute, ticket, clocks["resolve", number], own, after, done_at)
        _look(brute, ticket, clocks["acknowledge", number], own)
    last = events[-1]
    ended = [each for each in rounds[-1] if each.status in {"closed", "rejected"}]
    if last.status in {"closed", "rejected"}:
        brute.add(ended[0].at, ticket, "ended")
        is_nothing = any(each.data.get("outcome") == "nothing_found" for each in rounds[-1])
        brute.add(ended[0].at, ticket, "without_work", int(last.status == "rejected" or is_nothing))
    is_open = last.status not in {"closed", "rejected", "duplicate"}
    brute.now[ticket.centre_id, "open"] += is_open
    brute.now[ticket.centre_id, "hazards"] += is_open and ticket.is_hazard
    return works


def _promise(brute, ticket, clock, own):
    """Judge one promise by its round's events. Returns when its work was said to be done, None when it was not."""
    end = own[-1].status
    resolved = [each.at for each in own if each.kind == "resolved"]
    marked = [
        each for each in own
        if each.kind == "breached" and each.data["clock"] == "resolve" and each.data["round"] == clock.round
    ]  # fmt: skip
    ended = [each.at for each in own if each.status in {"rejected", "duplicate"}]
    is_running = not resolved and end not in {"rejected", "duplicate"}
    if is_running:
        if marked and end != "waiting":
            brute.add(clock.due_at, ticket, "due")
            brute.now[ticket.centre_id, "late"] += 1
        is_broken = bool(marked)
    elif resolved:
        brute.add(clock.due_at, ticket, "due")
        is_broken = resolved[0] > clock.due_at
        brute.add(clock.due_at, ticket, "met", int(not is_broken))
        if is_broken:
            brute.time("over", clock.due_at, ticket, resolved[0] - clock.due_at)
        is_broken = is_broken or bool(marked)
    else:
        is_broken = clock.result == "missed"
        if is_broken:
            brute.add(clock.due_at, ticket, "due")
            brute.time("over", clock.due_at, ticket, ended[-1] - clock.due_at)
    if is_broken:
        brute.add(clock.breached_at, ticket, "breached")
    return resolved[0] if resolved else None


def _done(brute, ticket, clock, own, after, done_at):
    brute.add(done_at, ticket, "done")
    brute.time("resolve", done_at, ticket, done_at - clock.started_at)
    brute.add(done_at, ticket, "came_back", int(after is not None))
    says_no = after is not None and after[0].data.get("by") == "resident"
    says_yes = any(each.kind == "confirmed" for each in own) and not says_no
    brute.add(done_at, ticket, "said_no", int(says_no))
    brute.add(done_at, ticket, "said_yes", int(says_yes))
    held = Counter()
    for event, following in [*pairwise(own), (own[-1], None)]:
        until = done_at if following is None else min(following.at, done_at)
        begins = max(event.at, clock.started_at)
        if until > begins:
            held[event.holder_kind] += (until - begins) // timedelta(microseconds=1)
    for holder in HOLDERS:
        brute.add(done_at, ticket, f"held_{holder}", held[holder] // 1_000_000)


def _look(brute, ticket, clock, own):
    undone = {each.data.get("seq") for each in own if each.kind == "undone"}
    looked = [
        each.at for each in own if each.status not in {"received", "reopened"} and each.seq not in undone
    ]
    if not looked and clock.result in {"met", "missed"}:
        # a person looked without moving it
        looked = [clock.stopped_at]
    if looked and ticket.status != "duplicate":
        brute.add(looked[0], ticket, "answered")
        brute.time("answer", looked[0], ticket, looked[0] - clock.started_at)
