"""How much of what is reported when: shares of types, seasons, weekdays, hours, languages and doors.

Shares follow the mix of Ashdod's published month (waste and cleaning a quarter, gardening, enforcement, roads,
parking), spread over the catalogue; the profile of hours puts 12 % of a day into its busiest hour. All are relative
weights unless said otherwise. Sources: DOMAIN §1.2 and §10.
"""

from __future__ import annotations

#: of every thousand reports in an average month
SHARE = {
    "SAN-HOUSE": 90, "SAN-AROUND": 55, "SAN-BIN": 25, "SAN-GREEN": 75, "SAN-CONSTR": 18, "SAN-RECYCLE": 15,
    "SAN-LITTER": 18, "SAN-STREET": 70, "SAN-LOT": 6, "SAN-CARCASS": 18, "SAN-GRAFFITI": 6, "SAN-DOGWASTE": 10,
    "RD-POTHOLE": 32, "RD-COLLAPSE": 4, "RD-PAVING": 40, "RD-OBSTRUCT": 14, "RD-WORKS": 6, "RD-SPILL": 3,
    "TRF-SIGNAL": 10, "TRF-SIGN": 16, "TRF-MARK": 8, "TRF-CHANGE": 6, "LGT-LAMP": 48, "LGT-AREA": 9, "LGT-WIRE": 4,
    "PRK-TREEFALL": 9, "PRK-PRUNE": 30, "PRK-IRRIG": 16, "PRK-WEEDS": 14, "PRK-DIRTY": 14, "PRK-FURN": 12,
    "PRK-PLAY": 8, "PRK-OVERHANG": 7, "WTR-BURST": 5, "WTR-LEAK": 18, "WTR-SEWER": 15, "WTR-CESSPIT": 2,
    "WTR-DRAIN": 8, "WTR-FLOOD": 2, "ENF-BLOCK": 34, "ENF-SIDEWALK": 30, "ENF-ABANDON": 12, "ENF-NOISE": 38,
    "ENF-PEDDLE": 4, "ENF-BUILD": 8, "VET-INJURED": 10, "VET-STRAY": 10, "VET-BITE": 2, "VET-NUISANCE": 10,
    "PST-MOSQ": 8, "PST-RODENT": 22, "PST-WASP": 3, "PUB-SCHOOL": 8, "PUB-BUILD": 7, "PUB-ACCESS": 4, "PUB-EDU": 10,
    "SOC-WELFARE": 6, "SOC-SENIOR": 5, "SOC-HOMELESS": 3, "SOC-COMMUNITY": 4, "ADM-INFO": 26, "ADM-ARNONA": 24,
    "ADM-COMPLAINT": 4, "ADM-FOI": 1, "EMG-SHELTER": 3,
}  # fmt: skip
_WINTER, _SUMMER, _AUTUMN = (12, 1, 2), (6, 7, 8, 9), (10, 11)
#: (types, months) → factor of the share
SEASONS = (
    (("WTR-DRAIN", "WTR-FLOOD", "PRK-TREEFALL"), _WINTER, 5.0),
    (("RD-POTHOLE", "LGT-AREA", "TRF-SIGNAL", "WTR-SEWER"), _WINTER, 1.9),
    (("RD-POTHOLE",), (3,), 1.6),
    (("WTR-DRAIN",), _AUTUMN, 2.5),
    (("PST-MOSQ", "PRK-IRRIG"), _SUMMER, 4.0),
    (("PST-RODENT", "PST-WASP", "VET-NUISANCE", "ENF-NOISE"), _SUMMER, 1.5),
    (("PRK-WEEDS",), (3, 4), 3.0),
    (("PUB-SCHOOL", "PUB-EDU"), (8, 9), 2.5),
    (("SAN-GREEN",), (3, 4), 1.5),  # before Passover
    (("ADM-ARNONA",), (1,), 2.0),
)
#: reports of a month against the mean one, January first
MONTHS = (1.10, 1.02, 1.0, 0.95, 0.98, 1.02, 1.05, 1.03, 0.95, 0.97, 1.0, 1.08)
#: Monday first
WEEKDAYS = (1.15, 1.12, 1.08, 1.08, 0.62, 0.38, 1.27)
#: per cent of a day's reports by local hour
HOURS = (
    0.6,
    0.4,
    0.3,
    0.2,
    0.3,
    0.8,
    2.0,
    5.0,
    9.5,
    12.0,
    10.5,
    9.0,
    7.5,
    6.5,
    5.5,
    5.0,
    5.2,
    5.0,
    4.4,
    3.8,
    3.0,
    2.0,
    1.0,
    0.5,
)
STORM = {
    "WTR-FLOOD": 30,
    "WTR-DRAIN": 22,
    "PRK-TREEFALL": 22,
    "LGT-AREA": 12,
    "RD-POTHOLE": 10,
    "TRF-SIGNAL": 9,
    "LGT-WIRE": 5,
    "WTR-SEWER": 8,
    "TRF-SIGN": 4,
}
SIREN = {
    "EMG-DAMAGE": 40,
    "EMG-SHELTER": 22,
    "EMG-SUPPORT": 10,
    "EMG-EVAC": 10,
    "EMG-SUPPLY": 6,
    "EMG-VOLUNTEER": 7,
    "RD-OBSTRUCT": 4,
    "ADM-INFO": 10,
    "LGT-WIRE": 3,
}
#: (storm or siren, days after its start) → (reports against a usual day, part that is about it)
STORM_DAYS = ((3.4, 0.8), (1.6, 0.45))
SIREN_DAYS = ((4.0, 0.85), (2.4, 0.7), (1.7, 0.5), (1.3, 0.3))
STORM_MONTHS, SIREN_MONTHS = (1, 2, 12), (6, 5, 7)
LANGUAGES = {"he": 72, "ru": 12, "en": 7, "am": 6, "ar": 3}
DOORS = {"web": 47, "phone": 33, "walk_in": 9, "open311": 11}
WITH_PHONE = 0.6
#: of those with a phone
ON_WHATSAPP, NO_MESSAGES = 0.38, 0.06

#: parts of all tickets
REJECTED, TWINS, REOPENED, JOINED = 0.04, 0.032, 0.064, 0.08
#: of what a contractor serves, the part that is handed over to it with an order
ORDERED = 0.85
ASKED, REMARKED, NOTED, CONFIRMED = 0.07, 0.05, 0.14, 0.45
#: a ticket opened in the last STUCK_DAYS hangs with this chance, so that today's desk has something to do
STUCK, STUCK_DAYS = 0.16, 50
#: resolve time against the promise, of the logarithm: usual middle and spread
RESOLVE_MIDDLE, RESOLVE_SPREAD = -1.22, 0.88
#: added to the middle: centre by number, unit or contractor by code; more is slower
SLOWER_CENTRE = {1: -0.15, 2: 0.05, 3: -0.3, 4: 0.28, 5: -0.05, 6: 0.12, 7: 0.3}
SLOWER_UNIT = {
    "C-ROADS": 0.3,
    "C-WASTE-N": -0.25,
    "C-WASTE-S": 0.42,
    "C-LIGHT": -0.1,
    "C-GREEN": 0.32,
    "ENFORCE": 0.2,
    "WATER": -0.3,
}
