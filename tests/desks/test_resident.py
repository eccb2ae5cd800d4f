"""The resident's desk, without JavaScript."""

import html
import io
import re

import pillow_heif
import pytest
from flask import session
from PIL import Image
from sqlalchemy import select

from service_desk import clock, work
from service_desk.desks.resident import report as report_page
from service_desk.desks.resident.lookups import asker
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.flow import finish, work_on
from service_desk.intake.queries import photos_of
from service_desk.messages.models import Preference
from service_desk.people.models import Resident
from service_desk.reports import phones
from service_desk.tickets import queries


def _hidden(page: str) -> dict[str, str]:
    form = page[page.rindex(' action="/report/') :]
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }


def _text(response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def _token(response) -> str:
    return re.search(r"/t/([\w-]+)/", response.location).group(1)


@pytest.fixture
def filed(client):
    """File a report as a person would, step by step; returns the redirect's response."""

    def file(code="RD-POTHOLE", place=None, lang="en", **details):
        client.get(f"/report/{code}?lang={lang}")
        where = client.post(f"/report/{code}?lang={lang}", {"line": "טשרניחובסקי 62", **(place or {})})
        assert where.status_code == 200, _text(where)[:600]
        fields = (
            _hidden(where.get_data(as_text=True)) | {"answer_position": "lane", "text": "בור עמוק"} | details
        )
        file.sent = (f"/report/{code}/send?lang={lang}", fields)
        return client.post(*file.sent)

    return file


def test_home_asks_the_question_and_shows_seven_centres(client, city):
    page = client.get("/?lang=en")
    assert page.status_code == 200
    assert page.get_data(as_text=True).count("mp-badge") == 7
    assert "What happened in the neighbourhood?" in _text(page)


def test_a_sentence_suggests_the_type_in_every_language(client):
    for said in ("יש בור בכביש", "pothole in the road", "яма на дороге", "حفرة في الشارع"):
        assert "/report/RD-POTHOLE" in client.get("/report", query_string={"q": said}).get_data(
            as_text=True
        ), said


def test_danger_shows_the_numbers_first(client):
    assert 'href="tel:10' in client.get("/report", query_string={"q": "חוט חשמל קרוע ויש אש"}).get_data(
        as_text=True
    )


def test_every_group_and_type_opens(client, city):
    from_home = client.get("/report/topics").get_data(as_text=True)
    codes = set(re.findall(r"/report/([A-Z]+-[A-Z]+)", from_home))
    assert len(codes) == 70
    for code in sorted(codes):
        assert client.get(f"/report/{code}").status_code == 200, code


def test_a_report_ends_with_number_centre_reason_and_promise(client, filed, city):
    response = filed(phone="050-234-5678", contact="sms")
    assert response.status_code == 303
    page = client.get(response.location + "?lang=en")
    words = _text(page)
    ticket = queries.by_token(_token(response))[0]
    assert f"{ticket.reference[:-4]}-{ticket.reference[-4:]}" in words
    assert "Keshet 5" in words
    assert "lies in its area" in words
    assert "Promised until" in words
    assert "The standard is 5 working days" in words
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_the_same_form_sent_twice_is_one_report(client, filed):
    first = filed()
    again = client.post(*filed.sent)
    assert _token(first) == _token(again)


def test_a_street_in_several_areas_asks_for_number_or_point(client):
    response = client.post("/report/RD-POTHOLE?lang=en", {"line": "הרצל"})
    assert response.status_code == 422
    assert "It may be in the area of" in _text(response)
    assert 'value="הרצל"' in response.get_data(as_text=True)
    assert client.post("/report/RD-POTHOLE?lang=en", {"line": "הרצל", "mode": "words"}).status_code == 200


@pytest.mark.parametrize("line", ["הרצל, קו 14", "הרצל, קומה 3", "הרצל 050-1234567"])
def test_a_number_that_is_of_no_house_still_leaves_the_house_number_to_be_asked_for(client, line):
    page = _text(client.post("/report/RD-POTHOLE?lang=en", {"line": line}))
    assert "A house number or a point on the map decides" in page
    assert "The number alone does not tell" not in page


def test_gibton_is_told_and_may_still_be_passed_on(client, filed, city):
    pin = {"line": "", "lon": "34.800083", "lat": "31.887366"}
    told = client.post("/report/RD-POTHOLE?lang=en", pin)
    assert told.status_code == 422
    assert "outside the city" in _text(told)
    response = filed(place=pin | {"mode": "outside"})
    ticket = queries.by_token(_token(response))[0]
    assert (ticket.routing_method, ticket.centre_id) == ("outside", city.default_centre.id)


def test_a_wrong_phone_keeps_everything_typed(client, filed):
    response = filed(phone="12", text="מילים שלי", answer_depth="gt10")
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "מילים שלי" in page
    assert 'value="12"' in page
    assert 'value="gt10" checked' in page
    assert "This is not an Israeli phone number" in _text(response)


def test_a_missing_answer_is_named_beside_its_question(client, filed):
    response = filed(answer_position="")
    assert response.status_code == 422
    assert "Where on the road: This is missing." in _text(response)


def test_a_landline_is_called_where_a_voice_speaks_the_language(client, filed):
    answer = filed(phone="08-9392222", contact="sms", spoken="he")
    assert answer.status_code == 303
    assert "שיחת טלפון" in _text(client.get(answer.location + "?lang=he"))
    assert [row.channel for row, _reference in phones.log_of("+97289392222")] == ["voice"]


def test_whoever_types_a_number_does_not_learn_how_its_owner_wants_to_hear(client, filed):
    filed(phone="050-2345670", contact="sms")
    with work.transaction():
        owner_id = db.session.scalar(select(Resident.id).where(Resident.phone == "+972502345670"))
        wish = {"channel": "email", "locale": "en", "email": "her@home.example", "is_any_hour": False}
        db.session.add(Preference(authority_id=1, resident_id=owner_id, updated_at=clock.now(), **wish))
    answer = filed(phone="050-2345670", contact="sms")
    shown = _text(client.get(answer.location + "?lang=en"))
    assert [row.channel for row, _reference in phones.log_of("her@home.example")] == ["email"]
    assert "E-mail" not in shown
    assert "SMS" in shown


def test_a_landline_gets_no_sms_where_it_cannot_be_called(client, filed):
    assert filed(phone="08-9392222", contact="sms", spoken="am").status_code == 422
    assert filed(phone="08-9392222", contact="none").status_code == 303


def _photo(kind="JPEG") -> io.BytesIO:
    out = io.BytesIO()
    image = Image.new("RGB", (640, 480), "#7a5")
    if kind == "HEIC":
        pillow_heif.from_pillow(image).save(out)
    else:
        exif = Image.Exif()
        exif.get_ifd(0x8825)[1] = "N"
        exif[0x010F] = "CANARYCAM"
        image.save(out, kind, exif=exif)
    out.seek(0)
    return out


def test_photos_arrive_without_their_data_and_a_bad_one_loses_nothing(client, filed):
    files = [(_photo(), "a.jpg"), (_photo("HEIC"), "b.heic"), (io.BytesIO(b"not a photo"), "c.jpg")]
    response = filed(photos=files)
    assert response.status_code == 303
    assert "one photo could not be read" in _text(client.get(response.location + "&lang=en"))
    token = _token(response)
    ticket = queries.by_token(token)[0]
    stored = photos_of(ticket.id)
    assert len(stored) == 2
    for photo in stored:
        served = client.get(f"/t/{token}/photo/{photo.id}/full")
        assert served.mimetype == "image/jpeg"
        assert b"CANARYCAM" not in served.data
        assert not Image.open(io.BytesIO(served.data)).getexif()


def test_a_photo_of_another_report_is_not_given(client, filed):
    first = _token(filed(photos=[(_photo(), "a.jpg")]))
    other = _token(filed(text="בור אחר", place={"step": "new"}))
    photo = photos_of(queries.by_token(first)[0].id)[0]
    assert client.get(f"/t/{other}/photo/{photo.id}/full").status_code == 404


def test_what_is_known_nearby_is_offered_and_joined(client, filed):
    mine = filed()
    shown = client.post("/report/RD-POTHOLE?lang=en", {"line": "טשרניחובסקי 62"})
    assert "Already reported here" in _text(shown)
    ticket = queries.by_token(_token(mine))[0]
    joined = client.post(
        "/report/RD-POTHOLE/join?lang=en",
        {"line": "טשרניחובסקי 62", "reference": ticket.reference, "phone": "052-345-6789", "contact": "sms"},
    )
    assert joined.status_code == 303
    assert queries.by_token(_token(joined))[0].id == ticket.id
    assert queries.ticket_or_404(ticket.id).follower_count == 2


def test_a_wrong_link_looks_like_none(client):
    for token in ("x", "0" * 24, "../../etc"):
        assert client.get(f"/t/{token}").status_code == 404


def test_opening_the_link_changes_nothing_and_takes_four_statements(client, filed, statements, clerk):
    token = _token(filed())
    ticket = queries.by_token(token)[0]
    finish.resolve_ticket(ticket.id, None, clerk, "seen_by_staff", "תוקן")
    client.get(f"/t/{token}")
    before = queries.ticket_or_404(ticket.id).version
    statements.clear()
    page = client.get(f"/t/{token}?lang=en")
    assert len(statements) <= 4, statements
    assert "Is it done?" in _text(page)
    assert queries.ticket_or_404(ticket.id).version == before


def test_not_yet_opens_it_again_and_done_closes_it(client, filed, clerk):
    token = _token(filed())
    ticket_id = queries.by_token(token)[0].id
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    client.get(f"/t/{token}")
    assert client.post(f"/t/{token}/not-done", {"words": "עדיין בור"}).status_code == 303
    assert queries.by_token(token)[0].status == "reopened"
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן שוב")
    client.post(f"/t/{token}/done")
    assert queries.by_token(token)[0].status == "closed"


def test_words_on_the_link_reach_the_centre_as_work(client, filed, clerk):
    token = _token(filed())
    ticket_id = queries.by_token(token)[0].id
    work_on.ask_resident(ticket_id, None, clerk, "באיזה צד?")
    assert "באיזה צד?" in _text(client.get(f"/t/{token}"))
    client.post(f"/t/{token}/remark", {"words": "בצד ימין"})
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.has_news, ticket.status) == (True, "triaged")
    assert client.post(f"/t/{token}/remark", {"words": "  "}).status_code == 422


def test_no_internal_word_or_name_is_on_the_private_page(client, filed, clerk):
    token = _token(filed())
    ticket_id = queries.by_token(token)[0].id
    work_on.add_note(ticket_id, clerk, "SECRETNOTE")
    work_on.assign_ticket(ticket_id, None, clerk, clerk.id)
    page = client.get(f"/t/{token}").get_data(as_text=True)
    assert "SECRETNOTE" not in page
    assert clerk.name not in page


def test_the_public_number_shows_only_public_types(client, filed):
    ticket = queries.by_token(_token(filed(phone="050-234-5678", text="מילים פרטיות")))[0]
    page = client.post("/find?lang=en", {"reference": f"{ticket.reference[:3]}-{ticket.reference[3:]}"})
    assert page.status_code == 200
    assert "מילים פרטיות" not in page.get_data(as_text=True)
    assert client.post("/find", {"reference": "123-4567"}).status_code == 404


def test_the_other_city_knows_nothing_of_this_report(client, filed):
    token = _token(filed())
    assert client.get(f"/t/{token}", base_url="http://ness-ziona.localhost").status_code == 404


def test_hostile_words_are_kept_as_words(client, filed):
    nasty = "<script>alert(1)</script>{{7*7}}\u202e\x00"
    token = _token(filed(text=nasty))
    assert queries.by_token(token)[0].summary == "<script>alert(1)</script>{{7*7}}"


def test_suggestions_carry_the_centre(client):
    found = client.raw.get("/api/places", query_string={"q": "טשרניחובסקי 62"}).get_json()
    assert found[0]["number"] == 5
    assert client.raw.get("/api/centre?lon=34.800083&lat=31.887366").get_json()["number"] is None
    assert client.raw.get("/api/centre?lon=x&lat=y").get_json()["number"] is None
    assert len(client.raw.get("/api/areas.geojson").get_json()["features"]) == 7


@pytest.mark.parametrize("lang", ["he", "ar", "ru", "en", "am"])
def test_every_public_page_opens_in_every_language(client, lang):
    for path in (
        "/",
        "/report",
        "/report/topics",
        "/report/topics/ROADS",
        "/report/RD-POTHOLE",
        "/report/ADM-ARNONA",
        "/accessibility",
        "/privacy",
        "/charter",
    ):
        page = client.get(f"{path}?lang={lang}")
        assert page.status_code == 200, path
        assert f'<html lang="{lang}" dir="{"rtl" if lang in ("he", "ar") else "ltr"}"' in page.get_data(
            as_text=True
        )


def test_an_unknown_type_is_a_page_not_a_crash(client):
    assert client.get("/report/NO-SUCH").status_code == 404
    assert NotFound.status == 404
    assert report_page.PHOTO_LIMIT == 4


def test_messages_come_in_the_language_that_was_chosen(client, filed):
    token = _token(filed(lang="he", phone="050-234-5678", contact="sms", spoken="ru"))
    assert queries.by_token(token)[1].locale == "ru"
    assert queries.by_token(_token(filed(lang="en", spoken="xx", place={"step": "new"})))[1].locale == "en"


def test_another_language_keeps_what_was_typed(client):
    first = client.post("/report/RD-POTHOLE?lang=en", {"line": "טשרניחובסקי 62", "landmark": "by the tree"})
    typed = _hidden(first.get_data(as_text=True)) | {
        "text": "deep",
        "phone": "050-234-5678",
        "answer_position": "bike",
    }
    page = client.post("/report/RD-POTHOLE?lang=ru", typed | {"step": "new", "spoken": "en"})
    words = page.get_data(as_text=True)
    assert '<html lang="ru"' in words
    assert "deep</textarea>" in words
    assert 'value="050-234-5678"' in words
    assert 'value="bike" checked' in words
    assert '<option value="ru" selected>' in words
    asked = client.post("/report/RD-POTHOLE", typed | {"step": "back"}).get_data(as_text=True)
    assert '<html lang="ru"' in asked
    assert 'value="טשרניחובסקי 62"' in asked
    assert 'value="by the tree"' in asked


def test_enter_in_a_field_goes_on_and_not_to_another_language(client):
    page = client.get("/report/RD-POTHOLE?lang=en").get_data(as_text=True)
    first = re.search(r'<button[^>]*form="where"[^>]*>', page).group(0)
    assert "formaction" not in first
    assert "name=" not in first


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/find", "/"),
        ("/report/RD-POTHOLE/send", "/report/RD-POTHOLE"),
        ("/t/no-such/remark", "/t/no-such"),
        ("/me/enter", "/me"),
    ],
)
def test_a_language_link_on_the_answer_to_a_form_leads_to_its_page(client, path, page):
    response = client.get(f"{path}?lang=ru")
    assert (response.status_code, response.location) == (303, f"{page}?lang=ru")
    assert client.get(path).status_code == 405


def test_the_browser_may_keep_the_steps_for_its_back_button(client):
    for page in (client.get("/report/RD-POTHOLE"), client.post("/report/RD-POTHOLE", {"line": "בילו 12"})):
        assert page.headers["Cache-Control"] == "private, no-cache"


def test_everything_wrong_is_said_at_once(filed):
    words = _text(filed(answer_position="", phone="123", contact="sms"))
    assert "2 details are missing or wrong" in words
    assert "Where on the road: This is missing." in words
    assert "Mobile phone: This is not an Israeli phone number." in words


def test_a_known_place_is_found_by_its_name_alone(client):
    words = _text(client.post("/report/RD-POTHOLE?lang=en", {"line": "בית החולים קפלן"}))
    assert "Keshet 4" in words


def test_what_was_perhaps_meant_is_offered_without_javascript(client):
    typed = {"line": 'הגן ברחוב ביל"ו'}
    asked = client.post("/report/RD-POTHOLE?lang=en", typed)
    assert asked.status_code == 422
    assert 'name="offer" value="בילו"' in asked.get_data(as_text=True)
    chosen = client.post("/report/RD-POTHOLE?lang=en", typed | {"offer": "בילו"})
    assert chosen.status_code == 200
    assert "Keshet 2" in _text(chosen)
    assert client.post("/report/RD-POTHOLE", typed | {"offer": "רחוב שאין"}).status_code == 422


def test_a_number_that_does_not_decide_is_not_asked_for_again(client):
    words = _text(client.post("/report/RD-POTHOLE?lang=en", {"line": "הרצל 150"}))
    assert "The number alone does not tell the area" in words


def test_words_typed_before_joining_reach_the_centre(client, filed):
    mine = queries.by_token(_token(filed()))[0]
    shown = client.post("/report/RD-POTHOLE?lang=en", {"line": "טשרניחובסקי 62", "text": "and a deep one"})
    page = shown.get_data(as_text=True)
    form = page[page.index('id="join"') : page.index("</form>", page.index('id="join"'))]
    assert 'name="text" value="and a deep one"' in form
    joined = client.post(
        "/report/RD-POTHOLE/join?lang=en", {"reference": mine.reference, "text": "and a deep one"}
    )
    assert "and a deep one" in _text(client.get(f"/t/{_token(joined)}?lang=en"))


def test_the_receipt_of_an_undecided_place_asks_for_nothing_more(client, filed):
    words = _text(client.get(filed(place={"line": "12", "mode": "words"}).location))
    assert "A person will check which centre this belongs to." in words
    assert "Choose one from the list" not in words


def test_only_the_centres_words_stand_as_its_question_and_its_answer(client, filed, clerk):
    token = _token(filed())
    ticket_id = queries.by_token(token)[0].id
    client.post(f"/t/{token}/remark", {"words": "MINE-BEFORE"})
    work_on.ask_resident(ticket_id, None, clerk, "WHICH-SIDE")
    quoted = re.findall(r"<blockquote[^>]*>([^<]*)<", client.get(f"/t/{token}").get_data(as_text=True))
    assert quoted == ["WHICH-SIDE"]
    client.post(f"/t/{token}/remark", {"words": "right"})
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "MENDED")
    client.post(f"/t/{token}/remark", {"words": "MINE-AFTER"})
    quoted = re.findall(r"<blockquote[^>]*>([^<]*)<", client.get(f"/t/{token}").get_data(as_text=True))
    assert quoted == ["MENDED"]


def test_the_point_of_an_earlier_choice_goes_with_its_words(client):
    chosen = client.get("/api/places?lang=en&q=טשרניחובסקי 62").get_json()[0]
    typed = {name: str(said) for name, said in chosen["fill"].items()} | {"line": chosen["label"]}
    assert "Keshet 5" in _text(client.post("/report/RD-POTHOLE?lang=en", typed))
    changed = _text(client.post("/report/RD-POTHOLE?lang=en", typed | {"line": "דרך יבנה 3"}))
    assert "Keshet 6" in changed
    moved = typed | {"line": "by the shop", "lon": "34.811", "lat": "31.893"}
    assert "by the shop" in _text(client.post("/report/RD-POTHOLE?lang=en", moved))


def test_a_street_without_a_point_still_names_its_centre_at_once(client):
    bilu, herzl = (
        client.get(f"/api/places?lang=en&q={said}").get_json()[0] for said in ("בילו 16", "הרצל 150")
    )
    assert (bilu["fill"]["lat"], bilu["title"]) == ("", "This is in the area of Keshet 2 · City Centre")
    assert herzl["title"] == "The number alone does not tell the area. A point on the map decides."


def test_a_report_found_by_its_number_shows_the_promise_of_the_receipt(client, filed):
    response = filed()
    promise = re.search(r"Promised until [^<]+", client.get(response.location).get_data(as_text=True)).group(
        0
    )
    ticket = queries.by_token(_token(response))[0]
    assert promise in _text(client.post("/find?lang=en", {"reference": ticket.reference}))


def test_clerks_of_one_office_are_counted_apart_and_residents_by_address(app):
    """A whole office has one address; were it counted, suggestions would stop in the middle of a call."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": "10.1.1.1"}):
        assert asker() == "10.1.1.1"
        session["_user_id"] = "7"
        assert asker() == "staff 7"
