"""Booklets on the screen, on paper, as a spreadsheet and by mail: the numbers of the overview, and who may do what."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from flask_babel import force_locale
from reports.booklet_past import MONTH, NOW, put_months
from sqlalchemy import text

from service_desk import jobs, work
from service_desk.desks import booklet_files
from service_desk.extensions import db
from service_desk.flow.make_booklets import make_due
from service_desk.people.queries import staff_by_email
from service_desk.reports import booklets, letters
from service_desk.reports.rules.booklets import CODES, TREND
from service_desk.reports.rules.days import months_back, year_before
from service_desk.reports.sums import CITY

MAYOR, MANAGER, CLERK = "mayor@rehovot.example", "manager5@rehovot.example", "clerk5@rehovot.example"


@pytest.fixture
def at(app):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ids(city):
    """The centres' ids by number."""
    return {each.number: each.id for each in city.centres.values()}


@pytest.fixture
def past(at, owner, ids, counted):
    """A year of figures in centres 1 and 5."""
    counted()
    put_months(owner, [ids[1], ids[5]], [year_before(MONTH), *months_back(MONTH, TREND)])


@pytest.fixture
def made(past, ids):
    """Last month's booklets by centre number, 0 the city's."""
    make_due()
    with work.transaction():
        found = booklets.newest(MONTH)
        db.session.expunge_all()
    return {0: found[CITY]} | {number: found[each] for number, each in ids.items()}


def plain(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def cells(page, row):
    """Return the words of a row's cells."""
    return [plain(each) for each in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]


def rows_of(page, section):
    part = page.get_data(as_text=True).split(f'id="{section}"', 1)[1].split("</section>", 1)[0]
    return re.findall(r"<tr>(.*?)</tr>", part, re.DOTALL)[1:]


def test_the_shelf_names_each_place_of_the_month_with_its_files(client, made):
    client.sign_in(MAYOR)
    page = client.get("/mayor/booklets?lang=en").get_data(as_text=True)
    assert "October 2026" in page
    for booklet in made.values():
        for ending in ("", ".pdf", ".xlsx"):
            assert f'href="/mayor/booklets/{booklet.id}{ending}"' in page
    assert "/mayor/booklets" in client.get("/mayor/?lang=en").get_data(as_text=True)


def test_without_booklets_the_shelf_says_so(client, at):
    client.sign_in(MAYOR)
    assert "No booklet was made yet." in plain(client.get("/mayor/booklets?lang=en").get_data(as_text=True))
    assert "There are no older" in plain(
        client.get("/mayor/booklets?lang=en&before=2020-01").get_data(as_text=True)
    )
    assert client.get("/mayor/booklets?before=yesterday").status_code == 200


def test_the_numbers_are_those_of_the_overview_for_the_same_days(client, made):
    client.sign_in(MAYOR)
    overview = client.get("/mayor/?from=2026-10-01&to=2026-10-31&lang=en").get_data(as_text=True)
    whole, centre = (client.get(f"/mayor/booklets/{made[number].id}?lang=en") for number in (0, 5))
    compared = 0
    for code, of_city, of_centre in zip(
        CODES, rows_of(whole, "bk-measures"), rows_of(centre, "bk-measures"), strict=True
    ):
        row = re.search(rf'<tr data-code="{code}">(.*?)</tr>', overview, re.DOTALL)
        shown = [re.sub(r" \(\d+\)$", "", each) for each in cells(None, row.group(1))]
        own = [
            re.sub(r" \(\d+\).*$", "", each)
            for each in (cells(whole, of_city)[0], cells(centre, of_centre)[0])
        ]
        # a booklet says nothing of one to four cases, the overview leads from them to their requests
        for there, here in zip((shown[0], shown[5]), own, strict=True):
            assert here in (there, "fewer than 5"), code
            compared += here == there
    assert compared >= 2 * len(CODES) - 2


def test_each_number_of_a_booklet_leads_to_its_requests(client, made):
    client.sign_in(MAYOR)
    page = client.get(f"/mayor/booklets/{made[5].id}?lang=en").get_data(as_text=True)
    hrefs = [html.unescape(each) for each in re.findall(r'<td class="bk-own"><a href="([^"]+)"', page)]
    assert len(hrefs) >= len(CODES) - 2
    assert all("centre=5" in each and "from=2026-10-01" in each for each in hrefs)
    assert client.get(hrefs[0]).status_code == 200


def test_the_month_is_said_in_one_sentence_and_held_against_the_one_before(client, made):
    client.sign_in(MAYOR)
    page = plain(client.get(f"/mayor/booklets/{made[5].id}?lang=en").get_data(as_text=True))
    assert "Of the promises that fell due, 83.3% were kept, as in the month before." in page
    assert "Requests that came in: 30. Works done: 30." in page
    assert "Half of them were done within 25 hours." in page
    assert made[5].content_hash.hex() in page


def test_a_quiet_place_says_that_there_is_too_little_to_say(client, made):
    client.sign_in(MAYOR)
    page = plain(client.get(f"/mayor/booklets/{made[2].id}?lang=en").get_data(as_text=True))
    for words in (
        "Too few promises fell due",
        "Too few cases for a line.",
        "No type had enough",
        "Nothing was late then.",
    ):
        assert words in page


def test_a_corrected_month_says_what_changed_and_the_old_edition_leads_on(client, made, owner, ids):
    with owner.begin() as connection:
        where = "authority_id = 1 AND centre_id = :id AND day = '2026-10-05' AND service_code = ''"
        connection.execute(text(f"UPDATE figures_days SET received = 19 WHERE {where}"), {"id": ids[5]})
    client.sign_in(MAYOR)
    # the city's, and centre 5's and the others' beside the city
    client.get("/mayor/booklets")
    assert client.post("/mayor/booklets/make?lang=en", {"month": "2026-10"}).status_code == 303
    with work.transaction():
        second = booklets.newest(MONTH)[ids[5]]
        db.session.expunge_all()
    page = plain(client.get(f"/mayor/booklets/{second.id}?lang=en").get_data(as_text=True))
    assert "Edition 2: what was corrected" in page
    assert "Received: 30 → 29" in page
    old = client.get(f"/mayor/booklets/{made[5].id}?lang=en").get_data(as_text=True)
    assert "There is a newer edition" in old
    assert f'href="/mayor/booklets/{second.id}"' in old
    assert booklet_files.file_name(second, "pdf") == "keshet-2026-10-centre-5-v2.pdf"


@pytest.mark.parametrize("language", ["he", "en"])
def test_the_paper_is_a_pdf_with_a_name(client, made, language):
    client.sign_in(MAYOR)
    response = client.get(f"/mayor/booklets/{made[5].id}.pdf?lang={language}")
    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF-")
    assert response.headers["Content-Disposition"] == 'attachment; filename="keshet-2026-10-centre-5.pdf"'


def test_the_spreadsheet_holds_the_numbers_as_numbers(client, made):
    client.sign_in(MAYOR)
    response = client.get(f"/mayor/booklets/{made[0].id}.xlsx?lang=en")
    book = zipfile.ZipFile(io.BytesIO(response.data))
    names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert names == [
        "About",
        "Measures",
        "Centres",
        "Twelve months",
        "Types of request",
        "Contractors",
        "Late longest",
    ]
    assert "<v>60</v>" in book.read("xl/worksheets/sheet2.xml").decode()
    assert "keshet-2026-10-city.xlsx" in response.headers["Content-Disposition"]


def test_who_wants_it_by_mail_says_so_and_takes_it_back(client, made, ids):
    client.sign_in(MANAGER)
    page = client.get("/mayor/booklets?lang=en")
    client.post("/mayor/booklets/mail", {"booklet": [CITY, ids[5]]})
    page = client.get("/mayor/booklets?lang=en").get_data(as_text=True)
    assert re.findall(r'name="booklet" value="(\d+)" checked', page) == [str(CITY), str(ids[5])]
    client.post("/mayor/booklets/mail", {})
    assert "checked" not in client.get("/mayor/booklets?lang=en").get_data(as_text=True)
    assert client.post("/mayor/booklets/mail?lang=en", {"booklet": "77"}).status_code == 422
    for nonsense in ("9" * 30, "9" * 5000, "²"):
        assert client.post("/mayor/booklets/mail?lang=en", {"booklet": nonsense}).status_code == 303


def test_a_month_that_cannot_be_made_is_said_beside_the_field(client, made):
    client.sign_in(MAYOR)
    client.get("/mayor/booklets")
    for month in ("2026-11", "", "2026-13"):
        response = client.post("/mayor/booklets/make?lang=en", {"month": month})
        assert response.status_code == 422
        assert "Choose a month of the list." in plain(response.get_data(as_text=True))
    assert client.post("/mayor/booklets/make?lang=en", {"month": "2026-10"}).status_code == 303
    assert "Nothing to make" in plain(client.get("/mayor/booklets?lang=en").get_data(as_text=True))


def test_a_letter_that_was_given_up_is_seen_and_goes_again(client, made, at):
    with work.transaction():
        letters.write(made[5].id, [staff_by_email(MANAGER).id], NOW)
        letters.put_back(letters.claim(NOW), NOW, "550", is_unknown=False, is_final=True)
    client.sign_in(MAYOR)
    page = client.get("/mayor/booklets?lang=en").get_data(as_text=True)
    assert "the mail server answered 550" in plain(page)
    assert "Given up" in plain(page)
    (action,) = re.findall(r'action="(/mayor/booklets/letters/\d+)"', page)
    assert client.post(action).status_code == 303
    assert "Given up" not in plain(client.get("/mayor/booklets?lang=en").get_data(as_text=True))


def test_in_the_sandbox_the_reader_opens_her_own_letter_and_nobody_elses(client, made, at):
    with work.transaction():
        letters.write(made[5].id, [staff_by_email(MANAGER).id], NOW)
        claimed = letters.claim(NOW)
        letters.mark_sent(claimed, NOW)
    client.sign_in(MANAGER)
    address = f"/mayor/booklets/letters/{claimed.id}.eml"
    assert address in client.get("/mayor/booklets?lang=en").get_data(as_text=True)
    letter = message_from_bytes(client.get(f"{address}?lang=en").data, policy=policy.default)
    assert letter["To"] == MANAGER
    client.sign_in(MAYOR)
    assert client.get(address).status_code == 404


def test_a_worker_writes_the_letter_whole_without_anybody_looking(made):
    with work.transaction(), force_locale("en"):
        letter = booklet_files.compose(booklets.booklet_or_404(made[5].id), MANAGER, "en", 77)
    read = message_from_bytes(letter.as_bytes(), policy=policy.default)
    assert read["Subject"] == "Keshet Marmorek & Givati, October 2026: the monthly booklet"
    assert read["Content-Language"] == "en"
    assert "83.3% were kept" in read.get_body(("plain",)).get_content()
    assert f"/mayor/booklets/{made[5].id}" in read.get_body(("plain",)).get_content()
    (attached,) = read.iter_attachments()
    assert attached.get_filename() == "keshet-2026-10-centre-5.pdf"
    assert attached.get_content().startswith(b"%PDF-")


def test_many_readers_of_one_booklet_have_it_drawn_once_a_language(made):
    with force_locale("he"):
        first, again = (booklet_files.as_pdf(made[1], "he") for _each in range(2))
    with force_locale("en"):
        other = booklet_files.as_pdf(made[1], "en")
    assert first is again
    assert other != first


def test_the_worker_and_the_timetable_know_booklets_and_letters():
    assert {"make_booklets", "send_letters"} <= {each.name for each in jobs.TIMETABLE}
    assert callable(jobs.send_letters)


def test_booklets_are_for_management(client, made):
    client.sign_in(CLERK)
    for path in ("", f"/{made[5].id}", f"/{made[5].id}.pdf"):
        assert client.get(f"/mayor/booklets{path}").status_code == 403
    client.sign_in(MAYOR)
    assert client.get("/mayor/booklets/1").status_code == 404


def test_the_pages_cost_few_statements(client, made, statements):
    client.sign_in(MAYOR)
    for path, most in (("/mayor/booklets", 5), (f"/mayor/booklets/{made[5].id}", 2)):
        seen = len(statements)
        client.get(path)
        sent = [each for each in statements[seen:] if "set_config" not in each]
        assert len(sent) == most, sent


def test_older_months_are_a_page_further(client, past, at):
    for back in range(booklets.MONTHS_LISTED + 1):
        month = months_back(MONTH, back + 1)[0]
        with work.transaction():
            booklets.publish(CITY, month, 1, {"centre": None}, NOW - timedelta(days=1), None)
    client.sign_in(MAYOR)
    page = client.get("/mayor/booklets?lang=en").get_data(as_text=True)
    assert "October 2026" in page
    (older,) = re.findall(r'href="([^"]+before=[^"]+)"', page)
    further = client.get(html.unescape(older) + "&lang=en").get_data(as_text=True)
    assert f"{date(2026, 4, 1):%B %Y}" in further
    assert 'id="m2026-10-01"' not in further
