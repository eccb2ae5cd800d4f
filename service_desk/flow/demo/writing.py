"""One ticket of the past: said, placed, opened, followed, lived, and put on the sheets."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service_desk import work
from service_desk.catalog.queries import catalogue
from service_desk.flow.demo import field_rows, mix, putting
from service_desk.flow.demo.cast import Cast, Person
from service_desk.flow.demo.costs import settle
from service_desk.flow.demo.course import Fate, live, plan
from service_desk.flow.demo.days import Day, Types, instants
from service_desk.flow.demo.field import Crew
from service_desk.flow.demo.opening import opened, reroute
from service_desk.flow.demo.pictures import Pictures
from service_desk.flow.demo.scene import Scene, Spot
from service_desk.intake.rules import Said
from service_desk.people import queries as people

if TYPE_CHECKING:
    import random
    from datetime import datetime

    from service_desk.catalog.rules import ServiceType
    from service_desk.flow.demo.copying import Sheets
    from service_desk.flow.demo.life import Life
    from service_desk.messages.actions import Recipient

#: rows are copied after so many tickets
BATCH = 4000
#: pictures are drawn for tickets of the last weeks, for this part of them, at most so many
PHOTO_DAYS, PHOTO_PART, MOST_PHOTOS = 35, 0.5, 400
#: how submission keys of demo reports begin
KEY = "demo-"


class Writer:
    """Draws and writes tickets day by day."""

    def __init__(
        self, chance: random.Random, sheets: Sheets, total: int, now: datetime, *, lean: bool
    ) -> None:
        """total: tickets to come. now: aware UTC, whole seconds. lean: without people, messages and pictures."""
        self.chance, self.sheets, self.now, self.lean = chance, sheets, now, lean
        words = Path(__file__).parent / "words.json"
        self.words: dict[str, Any] = json.loads(words.read_text(encoding="utf-8"))
        self.types = catalogue().types
        self.draws = Types(set(self.types))
        self.scene = Scene(chance)
        self.cast = Cast(chance, self.words, sheets, total)
        self.pictures = Pictures(chance, sheets)
        self._ids, self._numbers = iter(work.many_ids(total)), iter(work.many_ticket_numbers(total))
        self._doors, self._shares = list(mix.DOORS), list(mix.DOORS.values())
        self.foremen, self.managers = (
            people.one_of_each("contractor", "unit"),
            people.one_of_each("manager", "centre"),
        )
        self._waiting = 0

    def write_day(self, day: Day, count: int) -> None:
        """Write a day's tickets, oldest first."""
        times = instants(day.day, count, self.now, self.chance)
        codes = self.draws.draw(day, count, self.chance)
        coming = [(next(self._ids), at) for at in times]
        twins: dict[int, tuple[Life, Spot, Fate]] = {}
        for n, ((ticket_id, at), code) in enumerate(zip(coming, codes, strict=True)):
            twin_of = twins.pop(ticket_id, None)
            candidate = coming[min(n + 1 + self.chance.randrange(8), count - 1)]
            is_wanted = self.chance.random() < mix.TWINS * 1.6
            later = candidate if is_wanted and n + 1 < count and candidate[0] not in twins else None
            made = self._ticket(ticket_id, at, code, twin_of, later)
            if made is not None and later is not None:
                twins[later[0]] = made
        self._waiting += count
        if self._waiting >= BATCH:
            self.sheets.write()
            self._waiting = 0

    def _ticket(
        self,
        ticket_id: int,
        at: datetime,
        code: str,
        twin_of: tuple[Life, Spot, Fate] | None,
        later: tuple[int, datetime] | None,
    ) -> tuple[Life, Spot, Fate] | None:
        """Write one ticket. Returns what its twin needs (later: its id and time), or None when it will have none."""
        main = twin_of[0] if twin_of else None
        service = self.types[main.service_code if main else code]
        spot = twin_of[1] if twin_of else self.scene.spot(service)
        decision = self.scene.decide(spot, service)
        channel = self.chance.choices(self._doors, self._shares)[0]
        filer = self.cast.filer(channel, decision.centre_id)
        person = self._person(at, main)
        said = self._said(service, spot, channel, person)
        life = opened(ticket_id, next(self._numbers), said, decision, filer, (at, self.now))
        fate = Fate(self.words, self.cast.clerk(life.centre_id), ("resident", None))
        people: list[Recipient] = []
        if not self.lean:
            self._tell_of_opening(life, said, person, people)
            fate.resident = ("resident", people[0].follower_id)
            if self.chance.random() < mix.JOINED and not service.is_sensitive:
                fate.join = lambda life: self._join(life, people)
        fate.is_stuck = (self.now - at) < timedelta(days=mix.STUCK_DAYS) and self.chance.random() < mix.STUCK
        plan(life, fate, self.chance)
        if life.triage_reason:
            fate.reroute = lambda life: reroute(life, service, self.scene)
        answer = self._couple(life, fate, spot, twin_of, later)
        self._photograph(life, fate, service, at)
        life.routes = [(1, at, decision)]
        fate.crew = self._crew(life, fate)
        live(life, fate, self.chance)
        managers = self.managers.get(life.centre_id)
        costs = settle(life, fate.crew, managers) if fate.crew and life.orders else []
        self._put(life, said, person, filer)
        field_rows.put(self.sheets, life, costs)
        return answer

    def _crew(self, life: Life, fate: Fate) -> Crew | None:
        """Return who works in the field for this ticket's contractor; nobody in a lean past."""
        if self.lean or life.handler_kind != "contractor" or life.unit_id is None:
            return None
        foreman = self.foremen.get(life.unit_id)
        who = ("staff", foreman) if foreman else ("contractor", None)
        return Crew(who, fate.clerk, self.chance, self._show, self.words["field"])

    def _show(self, life: Life, kind: str, at: datetime) -> int:
        return self.pictures.show_work(life.id, life.group_code, kind, at)

    def _person(self, at: datetime, main: Life | None) -> Person:
        if self.lean:
            return Person(None, "", "", "he", "none")
        person = self.cast.person(at)
        held = {each[0].resident_id for each in main.followers} if main else set()
        return Person(None, "", "", person.locale, "none") if person.id in held else person

    def _said(self, service: ServiceType, spot: Spot, channel: str, person: Person) -> Said:
        answers, _hazard, _why = self.scene.answers(service)
        locale = person.locale
        phrases = self.words["said"].get(service.code, {}).get(locale)
        phrase = self.chance.choice(phrases) if phrases else service.name.get(locale) or service.name["he"]
        words = f"{phrase}. {self.chance.choice(self.words['tails'][locale])}".strip()
        return Said(
            service_code=service.code,
            text=words,
            place=spot.said,
            locale=locale,
            channel=channel,
            submission_key=f"{KEY}{secrets.token_hex(16)}",
            answers=answers,
            phone=person.phone or None,
            person_name=person.name,
            contact=person.channel if person.phone else "none",
        )

    def _tell_of_opening(self, life: Life, said: Said, person: Person, people: list[Recipient]) -> None:
        people.append(self.cast.follow(life, person, "reporter"))
        life.on_tell = lambda word, seq, values: self.cast.tell(life, word, seq, values, people)
        if said.phone:
            due = next(each.state.due_at for each in life.watches if each.state.kind == "resolve")
            life.tell("received", 1, due_at=due)

    def _join(self, life: Life, people: list[Recipient]) -> None:
        person = self.cast.person(life.now)
        if not person.phone or any(person.id == each[0].resident_id for each in life.followers):
            return
        joined = self.cast.follow(life, person, "follower")
        life.follower_count += 1
        seq = life.note("joined", ("resident", None), {})
        life.has_news = True
        self.cast.tell(life, "joined", seq, {"due_at": life.due_at}, [joined])
        people.append(joined)

    def _couple(
        self,
        life: Life,
        fate: Fate,
        spot: Spot,
        twin_of: tuple[Life, Spot, Fate] | None,
        later: tuple[int, datetime] | None,
    ) -> tuple[Life, Spot, Fate] | None:
        """Settle who is merged into whom, and when. Returns what the later twin needs."""
        if twin_of is not None:
            absorbed_at = twin_of[2].absorbed_at
            fate.merged_into = (absorbed_at, twin_of[0].id) if absorbed_at else None
            return None
        if later is None or fate.resolve_at is None or life.triage_reason or life.is_sensitive:
            return None
        instant = later[1] + timedelta(minutes=self.chance.randrange(8, 200))
        if instant >= fate.resolve_at or instant <= (fate.looked_at or life.now):
            return None
        fate.twin = (instant, later[0])
        return life, spot, fate

    def _photograph(self, life: Life, fate: Fate, service: ServiceType, at: datetime) -> None:
        is_recent = (self.now - at) < timedelta(days=PHOTO_DAYS)
        if self.lean or not is_recent or not service.needs_place or life.is_sensitive:
            return
        if self.pictures.stored < MOST_PHOTOS and self.chance.random() < PHOTO_PART:
            self.pictures.attach(life.id, life.group_code, "report", at, is_mended=False)
            life.photo_count, fate.has_photos = 1, True

    def _put(self, life: Life, said: Said, person: Person, filer: tuple[str, int | None]) -> None:
        putting.put(self.sheets, life)
        if self.lean:
            return
        putting.put_report(self.sheets, life, said, person, filer)
        self.cast.keep_followers(life)
        if life.outcome == "photo" and life.resolved_at is not None and not life.orders:
            self.pictures.attach(life.id, life.group_code, "after", life.resolved_at, is_mended=True)
