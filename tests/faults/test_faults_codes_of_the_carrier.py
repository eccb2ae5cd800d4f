"""Row 18: what follows from each of the carrier's error codes, by the table of RELIABILITY §2.2, with real workers."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

pytestmark = pytest.mark.faults


@dataclass(frozen=True)
class Fate:
    """How a message ends. flag: kept of the person; waits: before each new row (minutes, channel)."""

    state: str
    reason: str
    flag: str = ""
    waits: tuple = ()


_SMS_NO, _WHATSAPP_NO = "sms:unreachable", "whatsapp:unreachable"
_AT_ONCE_BY_SMS = ((0, "sms"),)
#: refused when it was sent
REFUSED = {
    ("sms", 21211): Fate("failed", "recipient", _SMS_NO),
    ("sms", 21214): Fate("failed", "recipient", _SMS_NO),
    ("sms", 21610): Fate("failed", "recipient", "sms"),
    ("sms", 21614): Fate("failed", "recipient", "sms:calls_only"),
    ("sms", 21635): Fate("failed", "recipient", _SMS_NO),
    **{("sms", code): Fate("failed", "config") for code in (20003, 21408, 21602, 21606, 21612, 21617)},
    ("sms", 99999): Fate("failed", "config"),  # a code nobody knew
    ("whatsapp", 63016): Fate("failed", "config", waits=_AT_ONCE_BY_SMS),
    ("whatsapp", 63024): Fate("failed", "recipient", _WHATSAPP_NO, _AT_ONCE_BY_SMS),
}
#: taken, and reported lost afterwards
LOST = {
    ("sms", 30001): Fate("undelivered", "lost", waits=((15, "sms"), (60, "sms"))),
    ("sms", 30003): Fate("undelivered", "lost", waits=((120, "sms"), (720, "sms"))),
    ("sms", 30004): Fate("undelivered", "lost"),
    ("sms", 30005): Fate("undelivered", "lost", _SMS_NO),
    ("sms", 30006): Fate("undelivered", "lost", "sms:calls_only"),
    ("sms", 30007): Fate("undelivered", "lost"),
    ("sms", 30008): Fate("undelivered", "lost", waits=((15, "sms"),)),
    ("sms", 30034): Fate("undelivered", "lost"),
    ("whatsapp", 63003): Fate("undelivered", "lost", _WHATSAPP_NO, _AT_ONCE_BY_SMS),
    ("whatsapp", 63008): Fate("undelivered", "lost", waits=_AT_ONCE_BY_SMS),
    ("whatsapp", 63014): Fate("undelivered", "lost", _WHATSAPP_NO, _AT_ONCE_BY_SMS),
    ("whatsapp", 63017): Fate("undelivered", "lost", waits=((15, "whatsapp"), (60, "whatsapp"), (0, "sms"))),
    ("whatsapp", 63018): Fate("undelivered", "lost", waits=_AT_ONCE_BY_SMS),
}


def write(house, fates):
    """Let one person wait for a message for each fate; WhatsApp takes free words of each. Returns {phone: (channel, code)}."""
    phones = {house.phone(): key for key in fates}
    for phone, (channel, _code) in phones.items():
        house.report(phone=phone)
        if channel == "whatsapp":
            house.change(
                f"UPDATE messages SET channel = 'whatsapp', dedupe_key = regexp_replace(dedupe_key, 'sms$', 'whatsapp') WHERE address = '{phone}'"
            )
            house.change(f"UPDATE residents SET last_inbound_at = now() WHERE phone = '{phone}'")
    return phones


def flags(house, phone):
    with house.owner.connect() as connection:
        return "".join(connection.execute(text("SELECT unnest(stopped) FROM residents WHERE phone = :phone"), {"phone": phone}).scalars())  # fmt: skip


def shape(house, phone):
    """Return each message to the person as (state, reason), and the waits between (minutes, channel)."""
    rows = house.rows(f"address = '{phone}'")
    waits = tuple((round((after.next_try_at - after.created_at) / timedelta(minutes=1)), after.channel) for after in rows[1:] if after.next_try_at)  # fmt: skip
    return [(row.state, row.reason) for row in rows], waits


def test_18_each_code_that_refuses_a_message(house):
    phones = write(house, REFUSED)
    for phone, (channel, code) in phones.items():
        house.line.answers_to[f"whatsapp:{phone}" if channel == "whatsapp" else phone] = str(code)
    house.start_all()
    house.settled()
    for phone, key in phones.items():
        fate = REFUSED[key]
        states, _waits = shape(house, phone)
        assert states[0] == (fate.state, fate.reason), key
        assert states[1:] == [("accepted", None)] * len(fate.waits), key
        assert flags(house, phone) == fate.flag, key
    asked = Counter(form["To"] for form in house.line.seen)
    assert set(asked.values()) == {1}, "what was refused for good is not sent again"


def test_18_each_code_that_reports_a_loss(house, web):
    phones = write(house, LOST)
    house.start_all()
    for step in range(4):
        house.settled()
        house.stop_all()
        for phone, key in phones.items():
            channel, code = key
            fate = LOST[key]
            rows = house.rows(f"address = '{phone}'")
            assert len(rows) == min(step, len(fate.waits)) + 1, key
            newest = rows[-1]
            if newest.state == "accepted" and (newest.channel == channel or not step):
                (kept,) = [each for each in house.line.ledger if each.sid == newest.provider_id]
                assert web.callback(kept, "undelivered", code) == 204
            states, waits = shape(house, phone)
            if step < len(fate.waits):
                assert waits[-1:] == fate.waits[step : step + 1], key
            assert states[0] == (fate.state, fate.reason), key
            assert flags(house, phone) == fate.flag, key
        house.change("UPDATE messages SET next_try_at = now() WHERE state = 'pending'")
        house.start_all()
    house.settled()
