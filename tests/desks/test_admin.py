"""The administrator's page: keys are made, shown once and ended; nobody else may."""

import re

import pytest
from sqlalchemy import text

from service_desk import work
from service_desk.errors import NotAllowed
from service_desk.flow import manage_keys, receive
from service_desk.people import queries as people
from service_desk.people.rules import Actor


@pytest.fixture
def admin(client, owner):
    client.sign_in("admin@rehovot.example")
    client.get("/admin/?lang=en")
    yield client
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM api_keys WHERE name LIKE 'test %'"))


def _made(page) -> str:
    return re.search(r"<code[^>]*>([^<]+)</code>", page.get_data(as_text=True)).group(1)


def test_a_key_is_shown_once_works_and_ends(admin):
    made = admin.post("/admin/keys", {"name": "test bins"})
    key = _made(made)
    assert made.headers["Cache-Control"] == "no-store"
    found = people.api_key(key)
    assert found.name == "test bins"
    assert key not in admin.get("/admin/").get_data(as_text=True)
    assert admin.post(f"/admin/keys/{found.id}/revoke").status_code == 303
    assert people.api_key(key) is None


def test_a_key_without_a_name_is_not_made(admin):
    before = len(people.api_keys())
    page = admin.post("/admin/keys", {"name": "   "})
    assert page.status_code == 422
    assert "A name is needed" in page.get_data(as_text=True)
    assert len(people.api_keys()) == before


def test_a_post_without_the_pages_token_is_refused(admin):
    assert admin.post("/admin/keys", {"name": "test forged", "csrf_token": "x"}).status_code == 400
    with work.tenant(1):
        assert "test forged" not in {key.name for key in people.api_keys()}


def test_the_page_lists_staff_and_the_outbox(admin, said):
    receive.receive_report(said(), Actor("resident", 1))
    page = admin.get("/admin/?lang=en").get_data(as_text=True)
    assert "clerk5@rehovot.example" in page
    assert "Waiting to be sent" in page
    assert "argon2" not in page


@pytest.mark.parametrize(
    "email", ["clerk5@rehovot.example", "manager5@rehovot.example", "mayor@rehovot.example"]
)
def test_nobody_else_comes_in(client, email):
    client.sign_in(email)
    assert client.get("/admin/").status_code == 403
    assert client.post("/admin/keys", {"name": "test x"}).status_code == 403


def test_the_use_case_asks_again_who_acts(app, clerk):
    with pytest.raises(NotAllowed):
        manage_keys.make_key("test x", clerk)
    with pytest.raises(NotAllowed):
        manage_keys.revoke_key(1, clerk)
