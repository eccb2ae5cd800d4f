"""Callbacks and people at the web's doors: doubled, reversed, forged, replayed, all at once; then the oracle (`House.settled`)."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from service_desk.messages.rules.entering import CODE

pytestmark = pytest.mark.faults
SENDER = "+972502345679"


def test_19_callbacks_doubled_and_in_any_order(hasty, house, web):
    house.line.next_answers("slow", "slow")  # of these the callbacks come before the answer
    house.report(3)
    house.start_all()
    house.until(lambda: len(house.line.ledger) == 3, what="the messages")
    reports = [(kept, status) for kept in house.line.ledger for status in ("sent", "delivered")] * 5
    house.chance.shuffle(reports)
    with ThreadPoolExecutor(4) as carriers:
        assert set(carriers.map(lambda one: web.callback(*one), reports)) == {204}
    assert house.settled() == {"delivered": 3}
    house.stop_all()
    before = house.told()
    stranger = {"MessageSid": f"SM{house.key()}", "MessageStatus": "failed"}
    assert web.signed(f"/hooks/twilio/status/9.{house.key()}", stranger) == 204
    assert house.told() | {"receipts": before["receipts"]} == before, "what is said of a stranger is kept, and changes nothing"  # fmt: skip


def test_20_forged_callbacks(house, web):
    house.report(2)
    house.start_all()
    house.settled()
    house.stop_all()  # whoever polls would change something too
    kept, other = house.line.ledger
    path, other_path = ("/" + each.form["StatusCallback"].split("/", 3)[3] for each in (kept, other))
    form = {"MessageSid": kept.sid, "MessageStatus": "failed", "AccountSid": web.account}
    before = house.told()
    forged = [
        web.signed(path, form, signature=""),
        web.signed(path, form, signature="AAAA" * 7),
        web.signed(path, form, signed_path=other_path),
        web.signed(path, form, signed_path=path + "?a=1"),
        web.signed(path, form | {"AccountSid": "AC" + "2" * 32}),
        web.signed(
            "/hooks/twilio/inbound", {"MessageSid": "SM1", "From": SENDER, "Body": "הסר"}, signature="A" * 28
        ),
        web.callback(kept, "delivered", MessageStatus="failed"),
        web.callback(kept, "delivered", Extra="1"),
    ]
    assert forged == [403] * len(forged)
    assert house.told() == before
    assert web.callback(kept, "delivered") == 204
    house.age(3600)
    before = house.told()
    assert web.callback(kept, "delivered") == 204
    assert house.told() == before, "a replay an hour later changes nothing"
    assert house.settled() == {"delivered": 1, "accepted": 1}


def test_21_no_callback_ever_comes(house):
    house.report(4)
    house.start_all()
    house.until(lambda: len(house.line.ledger) == 4, what="the messages")
    for kept in house.line.ledger:
        kept.status = "delivered"
    house.until(lambda: all(row.state == "delivered" for row in house.rows()), what="the poll")
    assert house.settled() == {"delivered": 4}


@pytest.mark.parametrize("about", ["nothing yet", "an open request"])
def test_22_the_same_words_of_a_person_five_times_at_once(house, web, about):
    is_open = about != "nothing yet"
    house.report(int(is_open), phone=SENDER)
    words, sid = ("עדיין לא תוקן" if is_open else "שלום"), f"SM{house.key()}"
    with ThreadPoolExecutor(5) as carriers:
        assert set(carriers.map(lambda _n: web.inbound(sid, SENDER, words), range(5))) == {200}
    assert (house.count("inbound"), house.count("remarks")) == (1, int(is_open))
    assert len(house.rows("event = 'chat'")) == 1, "one answer"
    house.start_all()
    assert house.settled() == {"accepted": 1 + is_open}


def test_23_a_person_stops_messages_while_some_wait(house, web):
    house.report(2, phone=SENDER)
    word = house.chance.choice(("STOP", "הסר", "עצור", "توقف"))
    assert web.inbound(f"SM{house.key()}", SENDER, word) == 200
    house.report(1, phone=SENDER)
    house.start_all()
    # The one that goes says that no more will come.
    assert house.settled() == {"skipped": 3, "accepted": 1}
    assert {row.reason for row in house.rows("state = 'skipped'")} == {"opted_out"}
    assert house.count("residents WHERE 'sms' = ANY (stopped)") == 1


def test_24_a_report_sent_five_times_at_once(house, web):
    """A double click, two tabs, and going back to send again: one request; other words under the same key are refused aloud."""
    key = house.key()
    with ThreadPoolExecutor(5) as tabs:
        answers = list(tabs.map(lambda _n: web.report_at_last(key), range(5)))
    answers.append(web.report_at_last(key))
    assert {status for status, _words in answers} == {201}
    assert len({json.loads(words)[0]["service_request_id"] for _status, words in answers}) == 1
    assert web.report(key, description="משהו אחר לגמרי")[0] == 400
    house.acknowledged(key)
    house.start_all()
    assert house.settled() == {"accepted": 1}
    assert house.count("tickets") == 1


def test_38_a_surge_of_reports(house, web):
    """Many times the usual rush: none lost, none twice, and a code asked for in the middle overtakes all that waits."""
    known = house.phone()
    house.report(phone=known)
    keys = [house.key() for _ in range(120)]
    house.line.answers.clear()
    with ThreadPoolExecutor(8) as people:
        answers = [people.submit(web.report_at_last, key) for key in keys]
        house.until(lambda: sum(each.done() for each in answers) > 60, what="the first half")
        house.start_all()
        house.until(
            lambda: len(house.line.ledger) >= 2 * 3, what="two workers with their first messages in the air"
        )
        house.ask_code(known)
        ahead = house.count("attempts")
        house.line.answers.set()
    assert {each.result()[0] for each in answers} == {201}
    for key in keys:
        house.acknowledged(key)
    # A call that a busy machine loses on the way is made again, and said to be perhaps the second; the ledger knows better.
    assert house.settled(duplicates=2) == {"accepted": 122}
    assert len(house.line.ledger) == 122, "told once each"
    (code,) = house.rows(f"event = '{CODE}'")
    sooner = f"attempts WHERE claimed_at < (SELECT claimed_at FROM attempts WHERE message_id = {code.id})"
    # Beside what was in the air, only what the other worker takes up in the same moment.
    assert house.count(sooner) <= ahead + 2 * 3
