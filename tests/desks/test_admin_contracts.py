"""The administrator's pages of contracts: read, tried, imported and kept; nobody else may."""

import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from service_desk import clock, work
from service_desk.city import kept
from service_desk.contractors.models import Contract
from service_desk.contractors.queries import contracts
from service_desk.flow.receive import receive_report
from service_desk.flow.try_contract import last_quarter
from service_desk.people.rules import Actor

EDIT = "/admin/contracts/C-ROADS-1/edit"


@pytest.fixture
def admin(client, owner):
    """The administrator's browser; contracts are put back as they were seeded."""
    with owner.connect() as connection:
        seeded = [dict(row) for row in connection.execute(Contract.__table__.select()).mappings()]
    client.sign_in("admin@rehovot.example")
    client.get("/admin/?lang=en")
    yield client
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM work_orders"))
        connection.execute(text("DELETE FROM contracts"))
        connection.execute(Contract.__table__.insert(), seeded)
        connection.execute(text("UPDATE authorities SET data_version = data_version + 1"))
    kept.forget()


def tomorrow():
    return (clock.local(clock.now()).date() + timedelta(days=1)).isoformat()


def fields(page):
    """What a browser would send back of the form as it stands."""
    body = page.get_data(as_text=True)
    form = body[body.index('<form class="ct-form"') :]
    form = form[: form.index("</form>")]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([a-z_-]+)="([^"]*)"', tag))
        if given.get("type") in {"checkbox", "radio"} and " checked" not in tag:
            continue
        if given.get("type") not in {"file", "submit"} and "name" in given:
            sent.setdefault(given["name"], []).append(given.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        sent[name] = [chosen.group(1)]
    sent.pop("csrf_token", None)
    return sent


def send(admin, change, act="try", path=EDIT, **more):
    data = fields(admin.get(path.replace("/make", "/new"))) | {"act": act} | change
    return admin.post(path, data, **more)


def shown(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)))


def same(terms):
    """Terms with the domains in one order: the form lists them by name."""
    return terms | {"domains": sorted(terms["domains"])}


def versions():
    with work.tenant(1):
        kept.forget()
        return contracts.versions_of("C-ROADS-1")


def test_every_contract_is_listed_with_its_work_and_cap(admin):
    words = shown(admin.get("/admin/contracts"))
    assert all(
        name in words
        for name in ("Shfela Roads", "Eco Shfela", "Clean South", "Southern Light", "Green in Town")
    )
    assert "At most 32,000 ₪ a month in damages" in words


def test_a_contract_reads_as_sentences(admin):
    words = shown(admin.get("/admin/contracts/C-ROADS-1"))
    assert "Made safe late 500 ₪ · each started hour" in words
    assert "3 a month are free" in words
    assert "each further one in the month costs 50% more, up to 200% more" in words
    assert "At most 32,000 ₪ a month: 10% of a fee of 320,000 ₪." in words
    assert "within 150 m of the order" in words


def test_looking_takes_few_statements(admin, statements):
    for path in ("/admin/contracts", "/admin/contracts/C-ROADS-1", EDIT, "/admin/contracts/new"):
        admin.get(path)
        del statements[:]
        admin.get(path)
        assert len(statements) <= 2, path


def test_the_form_says_the_terms_it_was_filled_from(admin):
    page = send(admin, {"valid_from": tomorrow()}, act="keep")
    assert (page.status_code, page.headers["Location"]) == (303, "/admin/contracts/C-ROADS-1")
    first, second = versions()
    assert same(second.terms) == same(first.terms)
    assert second.name == first.name


def test_keeping_makes_the_next_version_and_says_so(admin):
    send(
        admin,
        {
            "valid_from": tomorrow(),
            "prices.complete.amount_agorot": "1,300.50",
            "duties.accept.minutes": "1:30",
        },
        act="keep",
    )
    assert "Version 2 is kept." in shown(admin.get("/admin/contracts/C-ROADS-1"))
    with work.tenant(1):
        terms = contracts.terms_of(versions()[-1].id)
    assert (terms.price("complete").amount_agorot, terms.duties["accept"].minutes) == (130_050, 90)
    assert "older version" in shown(admin.get("/admin/contracts/C-ROADS-1?version=1"))


def test_a_price_without_an_amount_is_no_price(admin):
    send(admin, {"valid_from": tomorrow(), "prices.quality.amount_agorot": ""}, act="keep")
    with work.tenant(1):
        assert contracts.terms_of(versions()[-1].id).price("quality") is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"valid_from": ""}, "This is needed."),
        ({"valid_from": "soon"}, "This is not a date."),
        ({"valid_from": "2020-01-01"}, "A new version can begin today or later."),
        ({"duties.accept.minutes": "quick"}, "This is not a number that can be used."),
        ({"duties.accept.minutes": "0:00"}, "This is too small."),
        ({"duties.arrive.minutes": "9000"}, "This would be due before the duty ahead of it."),
        ({"prices.complete.amount_agorot": "a lot"}, "This is not a number that can be used."),
        ({"prices.complete.amount_agorot": "-5"}, "This is not a number that can be used."),
        ({"prices.complete.unit": "week"}, "The city has none of this name."),
        ({"prices.complete.step_max_percent": "10"}, "The most that is added cannot be less than one step."),
        ({"monthly_fee_agorot": "0"}, "With this cap nothing could ever be charged."),
        ({"cap_percent": "300"}, "This is too large."),
        ({"domains": []}, "This is needed."),
        ({"all_areas": []}, "This is needed."),
        ({"repeat_days": "0"}, "Say within how many days the same fault counts as a repeat."),
        ({"proofs": []}, "Say which photos the evidence consists of."),
        ({"name.he": " "}, "This is needed."),
        ({"calendar": "moon"}, "The city has none of this name."),
        ({"seen": "0"}, "Somebody kept another version since this page was opened."),
        ({"seen": "9"}, "Somebody kept another version since this page was opened."),
    ],
)
def test_what_cannot_be_kept_comes_back_as_typed_with_its_sentence(admin, change, sentence):
    page = send(admin, {"valid_from": tomorrow(), "sample_percent": "77"} | change, act="keep")
    assert page.status_code == 422
    body = page.get_data(as_text=True)
    assert sentence in body
    assert 'value="77"' in body
    for name, value in change.items():
        if value and isinstance(value, str) and name not in {"calendar", "prices.complete.unit", "seen"}:
            assert re.search(rf'name="{re.escape(name)}"[^>]*value="{re.escape(value.strip())}"', body), name
    for anchor in re.findall(r'<li><a href="#([^"]+)">', body):
        assert f'id="{anchor}"' in body, f"the summary leads to {anchor}"
    assert len(versions()) == 1


def test_trying_without_orders_says_so_and_stores_nothing(admin):
    page = send(admin, {"valid_from": tomorrow(), "sample_percent": "55"})
    assert page.status_code == 200
    assert "had no orders in that quarter" in shown(page)
    assert 'value="55"' in page.get_data(as_text=True)
    assert len(versions()) == 1


def test_trying_sets_both_sides_beside_each_other(admin, owner, said):
    _ninety_late_orders(owner, said)
    words = shown(send(admin, {"valid_from": tomorrow(), "prices.complete.amount_agorot": "500"}))
    assert "Orders judged 90" in words
    # Ninety late by days reach the cap of 32,000 in their month.
    assert "Finished late 90" in words
    assert "capped" in words
    assert "32,000 ₪" in words


def _ninety_late_orders(owner, said):
    with work.tenant(1):
        ticket_id = receive_report(said(), Actor("resident")).ticket_id
        contract = versions()[-1]
    month, _before = last_quarter(clock.now())
    issued = datetime(month.year, month.month, 2, 6, tzinfo=UTC)
    fill = text(
        "INSERT INTO work_orders (authority_id, id, ticket_id, number, contract_id, unit_id, domain, service_code, state, is_open,"
        " is_hazard, instructions, address, may_see_phone, origin, issued_at, done_at, failed_count, last_fact_at)"
        " SELECT 1, -n, :ticket, n, :contract, :unit, 'roads', 'RD-POTHOLE', 'accepted', true, false, '', '', false, 'rule',"
        " :issued, :done, 0, :issued FROM generate_series(1, 90) n"
    )
    with owner.begin() as connection:
        given = {"ticket": ticket_id, "contract": contract.id, "unit": contract.unit_id, "issued": issued}
        connection.execute(fill, given | {"done": issued + timedelta(days=20)})


def file_of(content, name="terms.json"):
    return (io.BytesIO(content if isinstance(content, bytes) else content.encode()), name)


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_downloaded_version_fills_the_form_again(admin, kind):
    download = admin.get(f"/admin/contracts/C-ROADS-1/1.{kind}")
    assert f"filename=C-ROADS-1-1.{kind}" in download.headers["Content-Disposition"]
    page = send(
        admin,
        {"file": file_of(download.data, f"x.{kind}"), "duties.accept.minutes": "9:00"},
        act="import",
        content_type="multipart/form-data",
    )
    assert page.status_code == 200
    assert "The form is filled from the file" in shown(page)
    assert fields(page)["duties.accept.minutes"] == ["2:00"]
    sent = fields(page) | {"act": "keep", "valid_from": tomorrow()}
    assert admin.post(EDIT, sent).status_code == 303
    first, second = versions()
    assert same(second.terms) == same(first.terms)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "No file was chosen."),
        (b"\xff\xfe\x00", "The file cannot be read"),
        ("{", "The file cannot be read"),
        ("[" * 50_000, "The file cannot be read"),
        ("[1, 2]", "The file cannot be read"),
        ("a,b,c\n1,2,3\n", "The file cannot be read"),
        ("field,value\nduties,5\nduties.accept.minutes,10\n", "The file cannot be read"),
        ("field,value\nprices,5\n", "The file cannot be read"),
        (b"{" + b" " * 200_001, "This is too large."),
        (json.dumps({"colour": "red"}), "There is no such term."),
        (json.dumps({"duties": {"accept": {"minutes": -4}}}), "This is too small."),
        (
            json.dumps({"prices": [{"metric": "rudeness", "amount_agorot": 5}]}),
            "The city has none of this name.",
        ),
        (json.dumps({"prices": "many", "domains": 7, "duties": [1]}), "This should be a list."),
        ("field,value\ndomains,roads;roads\n", "This is named twice."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(admin, content, sentence):
    page = send(admin, {"file": file_of(content)}, act="import", content_type="multipart/form-data")
    assert page.status_code == 422
    assert sentence in shown(page)
    assert len(versions()) == 1


def test_a_new_contract_starts_empty_and_is_kept(admin, city):
    unit = city.unit_by_code("C-LIGHT").id
    typed = {
        "code": "2027.lamps",
        "unit": str(unit),
        "name.he": "עמודי תאורה",
        "domains": ["gardening"],
        "duties.complete.minutes": "30:00",
        "valid_from": tomorrow(),
    }
    page = send(admin, typed, act="keep", path="/admin/contracts/new")
    assert page.headers.get("Location") == "/admin/contracts/2027.lamps", shown(page)[:1500]
    assert "No breach is priced." in shown(admin.get("/admin/contracts/2027.lamps"))


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("a/b", "A code consists of"),
        ("new", "A code consists of"),
        ("C-ROADS-1", "filed under this code"),
        ("", "This is needed."),
    ],
)
def test_a_code_must_fit_an_address_and_be_free(admin, code, sentence):
    page = send(admin, {"code": code}, act="keep", path="/admin/contracts/new")
    assert page.status_code == 422
    assert sentence in shown(page)


def test_what_is_not_there_is_not_found(admin):
    for path in (
        "/admin/contracts/NONE",
        "/admin/contracts/NONE/edit",
        "/admin/contracts/C-ROADS-1/9.json",
        "/admin/contracts/C-ROADS-1/1.exe",
    ):
        assert admin.get(path).status_code == 404, path


@pytest.mark.parametrize(
    "login",
    [
        "clerk5@rehovot.example",
        "manager5@rehovot.example",
        "mayor@rehovot.example",
        "contractor@rehovot.example",
    ],
)
def test_nobody_else_may_look_at_contracts_or_change_them(client, login):
    client.sign_in(login)
    assert client.get("/admin/contracts").status_code == 403
    assert client.get(EDIT).status_code == 403
