"""The contracts that a new city starts with. Every amount and time is a placeholder, to be replaced by the city's own annexes.

No Israeli penalty table was to be read when this was written; the orders of magnitude are those of the proposal in
`docs/contracts.md`. A real contract is entered in the administrator's page, which also imports one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from service_desk.contractors.models import Contract
from service_desk.contractors.rules.contract import ContractTerms
from service_desk.extensions import db
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

HOUR = 60
#: a contractor's working day, in open minutes of its calendar
WORKING_DAY = 10 * HOUR
#: shekels as agorot
ILS = 100

Json = dict[str, Any]


def _duties(complete_days: int, urgent_hours: int, **by_service: int) -> Json:
    """Return duties: complete in so many working days, a hazard in so many hours. by_service: working days by type, `-` as `_`."""
    named = {code.replace("_", "-"): days * WORKING_DAY for code, days in by_service.items()}
    complete: Json = {"minutes": complete_days * WORKING_DAY, "hazard_minutes": urgent_hours * HOUR}
    return {
        "accept": {"minutes": 2 * HOUR, "hazard_minutes": 30},
        "arrive": {"minutes": WORKING_DAY, "hazard_minutes": HOUR},
        "make_safe": {"hazard_minutes": 2 * HOUR},
        "complete": complete | ({"by_service": named} if named else {}),
    }


def _price(metric: str, unit: str, shekels: int, **more: int) -> Json:
    return {"metric": metric, "unit": unit, "amount_agorot": shekels * ILS, **more}


_HAZARD = _price("make_safe", "hour", 500)
_FALSE = _price("false_done", "case", 1000)
_REPEATS = {"step_percent": 50, "step_max_percent": 200}
_EVIDENCE = _price("evidence", "case", 50, allowance=5)

_ROADS: Json = {
    "calendar": "contractor",
    "duties": _duties(4, 48, RD_PAVING=8, TRF_MARK=18),
    "prices": [
        _price("arrive", "case", 150, grace_minutes=60, allowance=3),
        _HAZARD,
        _price("complete", "day", 250, grace_minutes=60, **_REPEATS),
        _price("quality", "case", 300, **_REPEATS),
        _price("repeat", "case", 400),
        _EVIDENCE,
        _FALSE,
    ],
    "monthly_fee_agorot": 320_000 * ILS,
}
_WASTE: Json = {
    "calendar": "contractor",
    "duties": _duties(2, 12, SAN_BIN=4, SAN_GRAFFITI=4, SAN_DOGWASTE=3),
    "prices": [
        _price("complete", "case", 250, grace_minutes=120, allowance=10, **_REPEATS),
        _HAZARD,
        _price("quality", "case", 400, allowance=2, **_REPEATS),
        _EVIDENCE,
        _FALSE,
    ],
    "repeat_days": 7,
    "sample_percent": 10,
    "monthly_fee_agorot": 450_000 * ILS,
}
_LIGHT: Json = {
    "calendar": "contractor",
    "duties": _duties(3, 24),
    "prices": [
        _HAZARD,
        _price("complete", "day", 150, **_REPEATS),
        _price("repeat", "case", 200),
        _EVIDENCE,
        _FALSE,
    ],
    "monthly_fee_agorot": 180_000 * ILS,
}
_GREEN: Json = {
    "calendar": "contractor",
    "duties": _duties(3, 24, PRK_PRUNE=18, PRK_WEEDS=18, PRK_FURN=7),
    "prices": [
        _HAZARD,
        _price("complete", "day", 120, grace_minutes=120, **_REPEATS),
        _price("quality", "case", 300, **_REPEATS),
        _EVIDENCE,
        _FALSE,
    ],
    "sample_percent": 15,
    "monthly_fee_agorot": 260_000 * ILS,
}
_WASTE_NAME = {
    "he": "איסוף פסולת וניקיון רחובות",
    "ar": "جمع النفايات وتنظيف الشوارع",
    "ru": "Вывоз мусора и уборка улиц",
    "en": "Waste collection and street cleaning",
    "am": "ቆሻሻ መሰብሰብና የጎዳና ጽዳት",
}
#: contractor → (name of the contract, terms without domains and areas)
CONTRACTS: dict[str, tuple[dict[str, str], Json]] = {
    "C-ROADS": (
        {
            "he": "כבישים, תמרור וניקוז",
            "ar": "الطرق والإشارات وتصريف المياه",
            "ru": "Дороги, знаки и водостоки",
            "en": "Roads, signs and drains",
            "am": "መንገዶች፣ ምልክቶችና የዝናብ ውሃ መውረጃ",
        },
        _ROADS,
    ),
    "C-WASTE-N": (_WASTE_NAME, _WASTE),
    "C-WASTE-S": (_WASTE_NAME, _WASTE),
    "C-LIGHT": (
        {
            "he": "תאורה ורמזורים",
            "ar": "الإنارة وإشارات المرور",
            "ru": "Освещение и светофоры",
            "en": "Lighting and traffic lights",
            "am": "መብራትና የትራፊክ መብራት",
        },
        _LIGHT,
    ),
    "C-GREEN": (
        {
            "he": "גינון, מתקני משחק והדברה",
            "ar": "البستنة والملاعب ومكافحة الآفات",
            "ru": "Озеленение, площадки и дезинсекция",
            "en": "Gardens, playgrounds and pests",
            "am": "አትክልት፣ መጫወቻ ስፍራና ተባይ መከላከል",
        },
        _GREEN,
    ),
}


def load_contracts(
    rows: Iterable[tuple[str, int, tuple[str, ...], tuple[str, ...] | None]], valid_from: date, now: datetime
) -> None:
    """Write the first version of each contractor's contract. rows: (contractor's code, unit id, domains, areas or None)."""
    found = []
    for code, unit_id, domains, areas in rows:
        name, said = CONTRACTS[code]
        terms = ContractTerms.from_json(
            said | {"domains": list(domains), "areas": None if areas is None else list(areas)}
        )
        found.append(
            {
                "authority_id": tenant_id(),
                "id": new_id(),
                "code": f"{code}-1",
                "version": 1,
                "unit_id": unit_id,
                "name": name,
                "terms": terms.to_json(),
                "valid_from": valid_from,
                "valid_to": None,
                "created_at": now,
                "created_by": None,
            }
        )
    db.session.execute(insert(Contract), found)
