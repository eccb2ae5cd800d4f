"""What one who joined may see on her own private link: the city's words and her own, never the reporter's."""

import html
import io
import re

import pytest
from PIL import Image

from service_desk.flow import finish, issue_order, merge, work_on
from service_desk.intake.queries import photos_of
from service_desk.tickets import queries


def _photo() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(out, "JPEG")
    out.seek(0)
    return out


def _token(response) -> str:
    return re.search(r"/t/([\w-]+)/", response.location).group(1)


def _text(response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def _file(client, key: str = "a" * 32, **more):
    fields = {
        "line": "טשרניחובסקי 62",
        "landmark": "ליד הבית שלי",
        "key": key,
        "answer_position": "lane",
        "text": "בור",
    }
    return client.post("/report/RD-POTHOLE/send?lang=en", fields | more)


@pytest.fixture
def two(client):
    """A reporter's token, a joiner's token and their ticket; the reporter left words and two photos."""
    mine = _token(_file(client, photos=[(_photo(), "a.jpg")]))
    client.post(f"/t/{mine}/remark", {"words": "הטלפון של השכן הוא סוד", "photos": [(_photo(), "b.jpg")]})
    ticket = queries.by_token(mine)[0]
    joined = client.post(
        "/report/RD-POTHOLE/join?lang=en", {"line": "טשרניחובסקי 62", "reference": ticket.reference}
    )
    return mine, _token(joined), ticket


def test_a_joiner_reads_nothing_of_the_reporter(client, two):
    mine, hers, ticket = two
    page = client.get(f"/t/{hers}?lang=en")
    for secret in ("סוד", "ליד הבית שלי", "/photo/"):
        assert secret in client.get(f"/t/{mine}?lang=en").get_data(as_text=True)
        assert secret not in page.get_data(as_text=True)
    for photo in photos_of(ticket.id):
        assert client.get(f"/t/{mine}/photo/{photo.id}/small").status_code == 200
        assert client.get(f"/t/{hers}/photo/{photo.id}/small").status_code == 404


def test_a_joiner_reads_her_own_words_and_the_centres(client, two, clerk):
    mine, hers, ticket = two
    client.post(f"/t/{hers}/remark", {"words": "גם אצלי", "photos": [(_photo(), "c.jpg")]})
    work_on.reply_to_resident(ticket.id, clerk, "יוצאים היום")
    page = client.get(f"/t/{hers}?lang=en").get_data(as_text=True)
    assert "גם אצלי" in page
    assert "יוצאים היום" in page
    assert page.count('/small"') == 1
    assert "גם אצלי" not in client.get(f"/t/{mine}?lang=en").get_data(as_text=True)


def test_a_reporter_joined_by_a_merge_reads_nothing_of_the_other(client, two, clerk):
    _mine, _hers, ticket = two
    other = _token(_file(client, key="b" * 32, text="אותו בור"))
    merge.merge_ticket(queries.by_token(other)[0].id, None, ticket.reference, clerk)
    page = client.get(f"/t/{other}?lang=en").get_data(as_text=True)
    assert ticket.reference[-4:] in page
    assert "סוד" not in page
    assert "/photo/" not in page


def test_a_private_type_is_not_joined_by_its_number(client):
    fields = {"key": "c" * 32, "line": "טשרניחובסקי 62", "text": "רעש כל לילה", "mode": "words"}
    noise = client.post("/report/ENF-NOISE/send?lang=en", fields | {"answer_kind": "music"})
    assert noise.status_code in {303, 422}
    if noise.status_code == 422:
        names = re.findall(r'name="(answer_\w+)" value="(\w+)"', noise.get_data(as_text=True))
        noise = client.post("/report/ENF-NOISE/send?lang=en", fields | dict(names))
    ticket = queries.by_token(_token(noise))[0]
    joined = client.post(
        "/report/ENF-NOISE/join?lang=en", {"line": "טשרניחובסקי 62", "reference": ticket.reference}
    )
    assert joined.status_code == 422


def test_the_key_of_the_first_form_stays_with_the_report(client):
    page = client.get("/report/RD-POTHOLE?lang=en").get_data(as_text=True)
    key = re.search(r'name="key" value="([0-9a-f]{32})"', page).group(1)
    for _again in range(2):
        details = client.post("/report/RD-POTHOLE?lang=en", {"line": "טשרניחובסקי 62", "key": key})
        assert f'name="key" value="{key}"' in details.get_data(as_text=True)


def test_a_form_without_a_key_shuts_nobody_out(client):
    first, second = _file(client, key=""), _file(client, key="", text="בור אחר")
    assert (first.status_code, second.status_code) == (303, 303)


@pytest.mark.parametrize("ending", ["rejected", "closed"])
def test_what_ended_may_still_be_contested(client, ending, clerk):
    token = _token(_file(client))
    ticket_id = queries.by_token(token)[0].id
    if ending == "rejected":
        finish.reject_ticket(ticket_id, None, clerk, "not_municipal", "לא שלנו")
    else:
        finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
        client.get(f"/t/{token}")
        client.post(f"/t/{token}/done")
    assert f'action="/t/{token}/not-done"' in client.get(f"/t/{token}?lang=en").get_data(as_text=True)
    client.post(f"/t/{token}/not-done", {"words": "עדיין בור"})
    assert queries.by_token(token)[0].status == "reopened"


def test_sending_a_report_takes_at_most_twelve_statements(client, statements):
    _file(client, phone="050-234-5678", contact="sms")
    statements.clear()
    assert _file(client, key="d" * 32, phone="050-234-5678", contact="sms").status_code == 303
    assert len(statements) <= 12, statements


def test_a_joiners_yes_does_not_close_it_for_the_reporter(client, two, clerk):
    mine, hers, ticket = two
    finish.resolve_ticket(ticket.id, None, clerk, "seen_by_staff", "תוקן")
    assert "/done" not in client.get(f"/t/{hers}").get_data(as_text=True)
    assert client.post(f"/t/{hers}/done").status_code == 403
    assert queries.ticket_or_404(ticket.id).status == "resolved"
    client.get(f"/t/{mine}")
    client.post(f"/t/{mine}/done")
    assert queries.ticket_or_404(ticket.id).status == "closed"


def test_an_order_given_while_she_is_asked_names_who_has_it(client, clerk, city):
    path = _file(client).location.split("/received")[0]
    reference = re.search(r"\d{3}-\d{4}", _text(client.get(f"{path}?lang=en"))).group(0)
    ticket = queries.by_reference(reference)
    firm = city.unit_by_code("C-ROADS")
    work_on.ask_resident(ticket.id, None, clerk, "איפה בדיוק?")
    issue_order.issue_order(ticket.id, None, clerk, unit_id=firm.id, instructions="")
    assert f"Handed to {firm.name['en']}" in _text(client.get(f"{path}?lang=en"))


def test_words_of_danger_written_with_the_details_say_on_the_receipt_whom_to_call(client):
    sent = _file(client, text="ילד נפל לבור")
    hers = client.get(sent.location + "?lang=en")
    assert "In danger to life, call first:" in hers.get_data(as_text=True)
    assert re.findall(r'href="tel:(\d+)"', hers.get_data(as_text=True)) == ["100", "101", "102"]
    usual = client.get(_file(client, "b" * 32).location + "?lang=en")
    assert "In danger to life" not in usual.get_data(as_text=True)
    form = {"line": "טשרניחובסקי 62", "reference": queries.by_token(_token(sent))[0].reference}
    joined = client.get(client.post("/report/RD-POTHOLE/join?lang=en", form).location)
    assert "In danger to life" not in joined.get_data(as_text=True), (
        "the words of another are not shown to her"
    )
