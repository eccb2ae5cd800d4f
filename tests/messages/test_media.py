"""Photos are fetched from the carrier and from nowhere else, re-encoded, and attached once."""

import io
import secrets
import socket
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image
from sqlalchemy import text

from service_desk import clock, config
from service_desk.flow.fetch_media import FETCH, fetch_media
from service_desk.flow.hear import hear
from service_desk.flow.receive import receive_report
from service_desk.flow.sandbox_photo import keep_sandbox_photo, take_sandbox_photo
from service_desk.flow.sweep import sweep
from service_desk.intake.photos import storage
from service_desk.intake.rules import BadPhoto
from service_desk.messages.actions import InboundMessage
from service_desk.messages.channels.media import Away, Refused, fetch, public_address
from service_desk.people.rules import Actor

PHONE = "+972502345678"


def photo():
    image, out = Image.new("RGB", (800, 600), "#886644"), io.BytesIO()
    exif = image.getexif()
    exif[0x010E] = "a secret place"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


class Files(ThreadingHTTPServer):
    """A carrier that holds files; answers: path → (status, content type, body, extra headers)."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked = {}, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        status, kind, body, extra = self.server.answers.get(self.path, (404, "text/plain", b"", {}))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in extra.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def files():
    server = Files()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def canary():
    server = Files()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def carrier(app, files):
    usual = config.current()
    config.use(
        replace(usual, twilio_api_base=files.address, twilio_account_sid="AC1", twilio_auth_token="t0ken")
    )
    yield files
    config.use(usual)


@pytest.fixture
def ticket(carrier, said):
    return receive_report(said(), Actor("resident"))


def send(*urls, body="", kind="image/jpeg"):
    media = tuple((url, kind) for url in urls)
    return hear(InboundMessage(f"SM{secrets.token_hex(8)}", "whatsapp", PHONE, body, media), clock.now())


@pytest.fixture
def look(owner):
    def read(query):
        with owner.connect() as connection:
            return connection.execute(text(query)).all()

    return read


def test_a_photo_is_put_on_the_request_once_without_what_it_told_of_its_place(carrier, ticket, look):
    carrier.answers["/m/1"] = (200, "image/jpeg", photo(), {})
    assert send(f"{carrier.address}/m/1") == "remark"
    assert fetch_media(1) == {"kept": 1}
    assert fetch_media(1) == {}
    ((ticket_id, kind, key),) = look("SELECT ticket_id, kind, storage_key FROM photos")
    assert (ticket_id, kind) == (ticket.ticket_id, "remark")
    assert b"secret" not in storage().get(key, "full")
    assert look("SELECT photo_count, has_news FROM tickets") == [(1, True)]
    assert look("SELECT media_fetched_at IS NOT NULL, media_next_at FROM inbound") == [(True, None)]
    assert [asked[0] for asked in carrier.asked] == ["/m/1"]
    assert carrier.asked[0][1].startswith("Basic ")


def test_the_sweep_rings_for_photos_that_wait(carrier, ticket, rung):
    send(f"{carrier.address}/m/1")
    rung.clear()
    sweep(clock.now())
    assert (FETCH, (1,)) in rung


def test_a_photo_whose_request_is_not_known_yet_waits(carrier, app, look):
    carrier.answers["/m/1"] = (200, "image/jpeg", photo(), {})
    assert send(f"{carrier.address}/m/1") == "chatting"
    assert fetch_media(1) == {}
    assert look("SELECT media_next_at IS NOT NULL FROM inbound") == [(True,)]


def test_a_failure_comes_again_later_and_is_given_up_in_the_end(carrier, ticket, look):
    carrier.answers["/m/1"] = (503, "text/plain", b"", {})
    send(f"{carrier.address}/m/1")
    start = clock.now()
    assert fetch_media(1, now=lambda: start) == {"later": 1}
    assert fetch_media(1, now=lambda: start + timedelta(seconds=30)) == {}
    later = [start + timedelta(days=day) for day in range(1, 7)]
    assert [fetch_media(1, now=lambda at=at: at) for at in later] == [{"later": 1}] * 5 + [{"lost": 1}]
    assert look("SELECT media->0->>'state' FROM inbound") == [("lost",)]
    assert look("SELECT count(*) FROM photos") == [(0,)]


def test_one_of_two_that_is_no_photo_does_not_hold_up_the_other(carrier, ticket, look):
    carrier.answers["/m/1"] = (200, "image/png", b"this is no picture", {})
    carrier.answers["/m/2"] = (200, "image/jpeg", photo(), {})
    send(f"{carrier.address}/m/1", f"{carrier.address}/m/2")
    assert fetch_media(1) == {"refused": 1, "kept": 1}
    assert look("SELECT media->0->>'state', media->1->>'state' FROM inbound") == [("refused", "kept")]


def test_a_redirect_within_the_carrier_is_followed_and_one_out_of_it_is_not(carrier, canary):
    settings = config.current()
    carrier.answers["/m/1"] = (307, "text/plain", b"", {"Location": "/m/2"})
    carrier.answers["/m/2"] = (200, "image/jpeg", photo(), {})
    assert fetch(f"{carrier.address}/m/1", settings) == photo()
    assert carrier.asked[-1] == ("/m/2", None)
    carrier.answers["/m/3"] = (302, "text/plain", b"", {"Location": f"{canary.address}/secret"})
    with pytest.raises(Refused, match="address"):
        fetch(f"{carrier.address}/m/3", settings)
    carrier.answers["/m/4"] = (302, "text/plain", b"", {"Location": "/m/4"})
    with pytest.raises(Refused, match="moved"):
        fetch(f"{carrier.address}/m/4", settings)
    assert canary.asked == []


@pytest.mark.parametrize(
    "place",
    ["http://127.0.0.1:{port}/", "http://127.1:{port}/", "http://[::1]:{port}/", "http://2130706433:{port}/",
     "http://0177.0.0.1:{port}/", "https://169.254.169.254/latest/meta-data", "https://api.twilio.com@127.0.0.1:{port}/",
     "https://api.twilio.com:{port}/", "https://api.twilio.com.evil.example/", "http://api.twilio.com/", "file:///etc/hosts",
     "https://api.twilio.com:99999/", "//127.0.0.1:{port}/", "ftp://api.twilio.com/", ""],
)  # fmt: skip
def test_no_other_place_is_asked(app, canary, place):
    with pytest.raises(Refused):
        fetch(place.format(port=canary.server_address[1]), config.current())
    assert canary.asked == []


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["10.1.2.3"], ["8.8.8.8", "192.168.0.4"], ["::1"], ["169.254.169.254"]]
)
def test_a_name_of_the_carrier_that_leads_into_the_house_is_refused(app, monkeypatch, found):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(Refused, match="address"):
        public_address("api.twilio.com")
    with pytest.raises(Refused, match="address"):
        fetch("https://api.twilio.com/2010-04-01/x", config.current())


def test_a_file_that_is_too_large_or_cut_off_is_not_kept(carrier, monkeypatch):
    settings = config.current()
    monkeypatch.setattr("service_desk.messages.channels.media.MAX_BYTES", 1000)
    carrier.answers["/m/1"] = (200, "image/jpeg", b"x" * 1001, {})
    with pytest.raises(Refused, match="too_large"):
        fetch(f"{carrier.address}/m/1", settings)
    carrier.answers["/m/2"] = (200, "text/html", b"<html>", {})
    with pytest.raises(Refused, match="not_a_photo"):
        fetch(f"{carrier.address}/m/2", settings)
    carrier.answers["/m/3"] = (429, "text/plain", b"", {})
    with pytest.raises(Away):
        fetch(f"{carrier.address}/m/3", settings)


def test_a_photo_from_the_sandbox_s_phone_stays_until_the_request_has_it(app, said, look, monkeypatch):
    receive_report(said(), Actor("resident"))
    url, kind = keep_sandbox_photo(photo())
    send(url, kind=kind)
    start = clock.now()
    with monkeypatch.context() as full:
        full.setattr(type(storage()), "put", _full_disk)
        assert fetch_media(1, now=lambda: start) == {"later": 1}
    assert take_sandbox_photo(url)
    assert fetch_media(1, now=lambda: start + timedelta(days=1)) == {"kept": 1}
    assert look("SELECT photo_count FROM tickets") == [(1,)]
    with pytest.raises(BadPhoto):
        take_sandbox_photo(url)


def _full_disk(*_):
    raise OSError(28, "No space left on device")
