"""Who gets in where; what no door does; what every answer carries."""

from __future__ import annotations

import re

import pytest
from doors import PEOPLE, address, rules
from flask import Blueprint, Flask

from service_desk.desks import access
from service_desk.people.seed import DEMO_API_KEY

EVERYBODY = frozenset(PEOPLE)
#: blueprint → roles that its routes let in; a desk that is not here fails the test of its routes
ENTER = {
    "static": EVERYBODY,
    "resident": EVERYBODY,
    "open311": EVERYBODY,
    "hooks": EVERYBODY,
    "ops": EVERYBODY,
    "door": EVERYBODY,
    "sandbox": EVERYBODY,
    "gallery": EVERYBODY,
    "clerk": frozenset({"clerk", "manager", "unit", "mayor", "admin"}),
    "contractor": frozenset({"contractor"}),
    "inspector": frozenset({"inspector", "manager", "unit"}),
    "field": EVERYBODY,
    "mayor": frozenset({"manager", "mayor", "admin"}),
    "visits": frozenset({"manager", "mayor", "admin", "unit"}),
    "opendata": EVERYBODY,
    "notices": frozenset({"clerk", "manager", "unit", "inspector", "mayor", "admin"}),
    "admin": frozenset({"admin"}),
}
#: endpoint → roles, where it differs from its desk
EXCEPTIONS: dict[str, frozenset[str]] = {
    # who only looks gets no form to act; the unit's people act on their own tickets, and the tests' ticket is another's
    "clerk.act": frozenset({"clerk", "manager"}),
    # whoever plans a round does not walk it; the tests' ticket is not the unit's
    "inspector.round_new": frozenset({"manager", "unit"}),
    "inspector.ticket": frozenset({"inspector", "manager"}),
    "inspector.ticket_photo": frozenset({"inspector", "manager"}),
    "clerk.do": frozenset({"clerk", "manager"}),
    "clerk.intake": frozenset({"clerk", "manager"}),
    "clerk.intake_send": frozenset({"clerk", "manager"}),
    "clerk.intake_done": frozenset({"clerk", "manager"}),
    "clerk.ticket": frozenset({"clerk", "manager", "mayor", "admin"}),
    "clerk.photo": frozenset({"clerk", "manager", "mayor", "admin"}),
    "clerk.live_ticket": frozenset({"clerk", "manager", "mayor", "admin"}),
    "clerk.claim": frozenset({"clerk", "manager"}),
    "clerk.keep_claim": frozenset({"clerk", "manager"}),
    "clerk.end_claim": frozenset({"clerk", "manager"}),
    "clerk.take_claim_over": frozenset({"clerk", "manager"}),
    "clerk.handover": frozenset({"clerk", "manager", "mayor", "admin"}),
    "clerk.one_handover": frozenset({"clerk", "manager", "mayor", "admin"}),
    "clerk.hand_over_shift": frozenset({"clerk", "manager"}),
    "clerk.bulk": frozenset({"clerk", "manager"}),
    "clerk.bulk_preview": frozenset({"clerk", "manager"}),
    "clerk.bulk_do": frozenset({"clerk", "manager"}),
    "clerk.bulk_done": frozenset({"clerk", "manager"}),
    "clerk.bulk_undo": frozenset({"clerk", "manager"}),
    "clerk.bulk_mine": frozenset({"clerk", "manager"}),
    "clerk.verify": frozenset({"clerk", "manager", "unit"}),
    # a unit sees what it has to keep, and plans nothing
    "visits.new": frozenset({"manager", "mayor", "admin"}),
    "visits.plan": frozenset({"manager", "mayor", "admin"}),
    "clerk.unplaced": frozenset({"clerk", "manager"}),
    "clerk.place_inbound": frozenset({"clerk", "manager"}),
    "clerk.split": frozenset({"clerk", "manager"}),
    "clerk.split_do": frozenset({"clerk", "manager"}),
    "clerk.replies": frozenset({"manager", "admin"}),
    "clerk.new_reply": frozenset({"manager", "admin"}),
    "clerk.reply": frozenset({"manager", "admin"}),
    "clerk.add_reply": frozenset({"manager", "admin"}),
    "clerk.save_reply": frozenset({"manager", "admin"}),
}
#: tables that a look may touch: when a session was last seen, and who looked at what
TOUCHED = ("staff_sessions", "access_log")
HEADERS = (
    "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Permissions-Policy",
    "Cross-Origin-Opener-Policy", "X-Request-Id",
)  # fmt: skip


def allowed(endpoint):
    return EXCEPTIONS.get(endpoint, ENTER[endpoint.partition(".")[0]])


def is_refused(answer):
    to_login = answer.status_code == 302 and "/staff/login" in answer.headers["Location"]
    return answer.status_code == 403 or to_login


@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_lets_in_its_roles_and_nobody_else(app, browser, report, role):
    go, known, wrong = browser(role), report(), []
    for rule in rules(app, "GET"):
        path = address(app, rule, **known)
        answer = go("GET", path)
        if answer.status_code >= 500 or is_refused(answer) == (role in allowed(rule.endpoint)):
            wrong.append((rule.endpoint, path, answer.status_code))
    assert wrong == [], wrong


@pytest.mark.parametrize("role", PEOPLE)
def test_every_act_is_refused_to_other_roles(app, browser, report, monkeypatch, role):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    go, known, wrong = browser(role), report(), []
    for rule in rules(app, "POST"):
        if role in allowed(rule.endpoint):
            continue
        answer = go("POST", address(app, rule, **known))
        if not is_refused(answer):
            wrong.append((rule.endpoint, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ["anon", "clerk", "admin", "contractor"])
def test_no_act_is_done_without_its_token(app, browser, report, held, role):
    go, known = browser(role), report()
    before, wrong = held(), []
    for rule in rules(app, "POST"):
        if rule.endpoint.partition(".")[0] in access.WITHOUT_CSRF:
            continue
        answer = go("POST", address(app, rule, **known))
        if not 400 <= answer.status_code < 500:
            wrong.append((rule.endpoint, answer.status_code))
    assert wrong == []
    assert held() == before


def test_only_doors_with_their_own_proof_need_no_token(app, browser, held):
    assert set(access.WITHOUT_CSRF) == {"open311", "hooks", "ops"}
    go, before = browser(), held()
    for rule in rules(app, "POST"):
        if rule.endpoint.partition(".")[0] in access.WITHOUT_CSRF:
            assert go("POST", address(app, rule)).status_code == 403, rule
    assert held() == before


@pytest.mark.parametrize("role", PEOPLE)
def test_a_look_changes_nothing(app, browser, report, held, role):
    go, known = browser(role), report()
    before, broken = held(*TOUCHED), []
    for rule in rules(app, "GET"):
        path = address(app, rule, **known)
        for query in ("", "?lang=en", "?q=x&page=2&status=open&done=1&confirm=1"):
            broken += [path + query] if go("GET", path + query).status_code >= 500 else []
        go("HEAD", path)
    assert held(*TOUCHED) == before
    assert broken == []


def test_every_answer_carries_the_security_headers(app, browser, report):
    go, known, wrong = browser("admin"), report(), []
    paths = [address(app, rule, **known) for rule in rules(app, "GET")]
    for path in [*paths, "/nothing/here", "/static/nothing.css", "/open311/v2/nothing"]:
        answer = go("GET", path)
        wrong += [(path, answer.status_code, name) for name in HEADERS if name not in answer.headers]
        policy = answer.headers.get("Content-Security-Policy", "")
        if "default-src 'self'" not in policy or "unsafe" in policy:
            wrong.append((path, policy))
    wrong += [("DELETE /", name) for name in HEADERS if name not in go("DELETE", "/").headers]
    assert wrong == []


def test_an_error_of_ours_carries_the_headers_and_no_detail(app, browser, monkeypatch):
    def fail():
        raise ZeroDivisionError("the secret detail")

    monkeypatch.setitem(app.view_functions, "ops.healthz", fail)
    answer = browser()("GET", "/healthz")
    assert answer.status_code == 500
    assert "secret detail" not in answer.get_data(as_text=True)
    assert [name for name in HEADERS if name not in answer.headers] == []


def test_a_desk_without_an_audience_is_not_registered(monkeypatch):
    monkeypatch.setattr(access, "desks", lambda: (Blueprint("newcomer", __name__),))
    with pytest.raises(RuntimeError, match="names no audience"):
        access.register_desks(Flask("empty"))


def test_a_desk_that_lost_its_audience_lets_nobody_in(browser, monkeypatch):
    go = browser("admin")
    assert go("GET", "/desk/").status_code == 200
    monkeypatch.delitem(access.AUDIENCE, "clerk")
    assert is_refused(go("GET", "/desk/"))


CANARY = "קנרית־זהב"


def tells(reference, body):
    """Say whether the body names the reference; its digits inside a longer number (a measured second) are none."""
    return re.search(rf"(?<![\w.]){reference[:-4]}-?{reference[-4:]}(?!\w)", body) is not None


def test_a_reference_is_told_as_a_word_and_not_by_the_digits_of_a_measure():
    assert tells("1935551", "<td>193-5551</td>")
    assert tells("1935551", '{"service_request_id":"1935551"}')
    assert tells("1935551", "/t/1935551?lang=en")
    assert not tells("1935551", "http_seconds_created 1.7638619355512e+09")
    assert not tells("1935551", "http_seconds_sum 0.1935551")


@pytest.mark.parametrize("role", PEOPLE)
def test_no_page_shows_another_authority(app, browser, report, role):
    report()
    foreign = report(2, text=CANARY, person_name=CANARY, answers={"position": "lane"})
    go, wrong = browser(role), []
    for rule in rules(app, "GET"):
        path = address(app, rule, **foreign)
        answer = go("GET", path)
        body = answer.get_data(as_text=True)
        if CANARY in body or (tells(foreign["reference"], body) and foreign["reference"] not in path):
            wrong.append(path)
        points_at_it = {"ticket_id", "token", "reference"} & set(rule.arguments)
        if points_at_it and answer.status_code == 200:
            wrong.append((path, 200))
    assert wrong == []


@pytest.mark.parametrize("role", ["clerk", "admin", "mayor"])
def test_staff_of_one_authority_are_strangers_in_another(app, browser, report, role):
    ours = report(text=CANARY)
    go, wrong = browser(role, "ness-ziona"), []
    for rule in rules(app, "GET"):
        answer = go("GET", address(app, rule, **ours))
        if CANARY in answer.get_data(as_text=True):
            wrong.append(rule.endpoint)
    assert wrong == []
    listed = go("GET", "/open311/v2/requests.json").get_data(as_text=True)
    assert ours["reference"] not in listed
    assert DEMO_API_KEY not in listed
