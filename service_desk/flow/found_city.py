"""A city is founded from its data: map, catalogue, standards, calendars, who holds what, and demo staff in a demo."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk import clock, config, work
from service_desk.catalog.seed.load import load_catalogue, read_seed
from service_desk.city import kept
from service_desk.city.models import Authority, Centre
from service_desk.city.seed import calendars
from service_desk.city.seed.load import CITIES, add_authority, load_map, load_units
from service_desk.contractors.seed import load_contracts
from service_desk.extensions import db
from service_desk.messages.replies import every_reply
from service_desk.messages.seed.load import load_replies
from service_desk.people.seed import DemoPerson, load_demo_staff
from service_desk.reports import alerts
from service_desk.routing.seed import load_handler_rules
from service_desk.slas.seed import load_calendars, load_standards
from service_desk.supervision.seed import load_checklists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.city.seed.load import CityFiles

#: invented firms: (code, name by language, domains, areas or None for the whole city)
CONTRACTORS = (
    (
        "C-ROADS",
        {
            "he": "דרכי השפלה",
            "ar": "دروب الشفيلا",
            "ru": "Дархей ха-Шфела",
            "en": "Shfela Roads",
            "am": "ሽፌላ መንገዶች",
        },
        ("roads", "signage_marking", "drainage"),
        None,
    ),
    (
        "C-WASTE-N",
        {"he": "אקו־שפלה", "ar": "إيكو شفيلا", "ru": "Эко-Шфела", "en": "Eco Shfela", "am": "ኢኮ ሽፌላ"},
        ("waste_collection", "street_cleaning"),
        ("K1", "K2", "K3", "K6"),
    ),
    (
        "C-WASTE-S",
        {"he": "נקי דרום", "ar": "نقي الجنوب", "ru": "Наки Дром", "en": "Clean South", "am": "ንጹህ ደቡብ"},
        ("waste_collection", "street_cleaning"),
        ("K4", "K5", "K7"),
    ),
    (
        "C-LIGHT",
        {
            "he": "אור הדרום",
            "ar": "نور الجنوب",
            "ru": "Ор ха-Дром",
            "en": "Southern Light",
            "am": "የደቡብ ብርሃን",
        },
        ("lighting", "traffic_signals"),
        None,
    ),
    (
        "C-GREEN",
        {
            "he": "ירוק בעיר",
            "ar": "أخضر في المدينة",
            "ru": "Ярок ба-Ир",
            "en": "Green in Town",
            "am": "አረንጓዴ ከተማ",
        },
        ("gardening", "playgrounds", "pest_control"),
        None,
    ),
)
CLERKS = ("נועה לוי", "אלי ביטון", "מרים כהן", "סרגיי פולק", "תהילה אברה", "רנא חורי", "יוסי מזרחי")
MANAGERS = ("דנה פרץ", "עמית שגב", "אורית גולן", "חיים דהן", "רותי אדלר", "איתן ברק", "ליאת נחום")

#: one for each half of the city's centres
INSPECTORS = (("inspector", "גיא אזולאי"), ("inspector2", "סיוון ברגר"))


def found_city(slug: str) -> bool:
    """Found the authority from its seed. Safe to repeat: returns False when it is there already. Raises KeyError."""
    city = CITIES[slug]
    authority_id = int(city.authority["id"])
    with work.as_owner(), work.transaction():
        add_authority(city)
    kept.forget()
    with work.tenant(authority_id):
        if (
            db.session.scalar(select(Centre.id).where(Centre.authority_id == authority_id).limit(1))
            is not None
        ):
            _complete()
            return False
        with work.as_owner(), work.transaction():
            _write(city)
            # The default centre was set on the row itself; the version makes running processes read it all.
            authority = db.session.get(Authority, authority_id)
            if authority is not None:
                authority.data_version += 1
    kept.forget()
    return True


def _complete() -> None:
    """Give a city that was founded before there were ready wordings or alerts the usual ones; what was edited is left alone."""
    if not every_reply():
        with work.transaction():
            load_replies()
    if not alerts.rules():
        with work.transaction():
            alerts.load_usual(clock.now())


def _write(city: CityFiles) -> None:
    now = clock.now()
    this_year = clock.local(now).year
    valid_from = date(this_year - 1, 1, 1)
    seed = read_seed()
    load_map(city, valid_from)
    units = load_units(
        [
            {"code": unit["code"], "kind": "outside" if unit["is_outside"] else "unit", "name": unit["name"]}
            for unit in seed["units"]
        ]
        + [{"code": code, "kind": "contractor", "name": name} for code, name, _domains, _areas in CONTRACTORS]
    )
    load_catalogue(seed, valid_from)
    load_standards(seed["services"], valid_from)
    load_checklists(valid_from)
    load_calendars(
        calendars.calendar_rows(this_year), calendars.holiday_days(range(this_year - 1, this_year + 3))
    )
    rules: list[tuple[str, str | None, int]] = []
    for code, _name, domains, areas in CONTRACTORS:
        rules += [
            (domain, area if city.areas else None, units[code])
            for domain in domains
            for area in (areas if areas and city.areas else (None,))
        ]
    load_handler_rules(dict.fromkeys(rules), valid_from)
    load_contracts(
        [
            (code, units[code], domains, areas if city.areas else None)
            for code, _, domains, areas in CONTRACTORS
        ],
        valid_from,
        now,
    )
    load_replies()
    alerts.load_usual(now)
    if config.current().is_demo:
        centres = db.session.scalars(
            select(Centre).order_by(Centre.number).where(Centre.authority_id == city.authority["id"])
        ).all()
        load_demo_staff(_people(city.authority["slug"], centres, units), now)


def _people(slug: str, centres: Sequence[Centre], units: dict[str, int]) -> list[DemoPerson]:
    domain = f"{slug}.example"
    people = [
        DemoPerson(f"mayor@{domain}", "לשכת ראש העירייה", "mayor"),
        DemoPerson(f"admin@{domain}", "מנהלת המערכת", "admin"),
        DemoPerson(f"contractor@{domain}", "יעקב, דרכי השפלה", "contractor", unit_id=units["C-ROADS"]),
        DemoPerson(f"roads@{domain}", "אגף דרכים", "unit", unit_id=units["ROADS"]),
    ]
    for centre, clerk, manager in zip(centres, CLERKS, MANAGERS, strict=False):
        people.append(DemoPerson(f"clerk{centre.number}@{domain}", clerk, "clerk", centre_id=centre.id))
        people.append(DemoPerson(f"manager{centre.number}@{domain}", manager, "manager", centre_id=centre.id))
    half = (len(centres) + 1) // 2
    for (login, name), served in zip(INSPECTORS, (centres[:half], centres[half:]), strict=True):
        ids = [centre.id for centre in served or centres]
        people.append(
            DemoPerson(f"{login}@{domain}", name, "inspector", centre_id=ids[0], more_centres=tuple(ids[1:]))
        )
    return people


def demo_logins(slug: str) -> list[tuple[str, str]]:
    """Return (role in plain English, e-mail) of the demo logins worth printing."""
    domain = f"{slug}.example"
    return [
        ("clerk of centre 5", f"clerk5@{domain}"),
        ("manager of centre 5", f"manager5@{domain}"),
        ("mayor", f"mayor@{domain}"),
        ("administrator", f"admin@{domain}"),
        ("contractor", f"contractor@{domain}"),
        ("inspector", f"inspector@{domain}"),
    ]
