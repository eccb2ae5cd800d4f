"""Letters: handed to a mail server that speaks SMTP, and what each of its answers means."""

import socketserver
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from service_desk import config
from service_desk.config import BadConfiguration
from service_desk.messages.channels import channel_for, offered
from service_desk.messages.channels.contract import (
    Ambiguous,
    Envelope,
    PermanentConfig,
    PermanentRecipient,
    Retryable,
)
from service_desk.messages.channels.email import Mail, html_of, letter_of

BODY = "קש״ת רחובות: הפנייה 482-1937 טופלה.\n\nטופל, או עדיין לא?\nhttps://city.example/t/a<b\n\nhttps://city.example/me"


class Server(socketserver.ThreadingTCPServer):
    """A mail server that answers as the test says. answers: {verb: line}; None: it hangs up."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, **answers):
        super().__init__(("127.0.0.1", 0), Talk)
        self.answers, self.letters = answers, []


class Talk(socketserver.StreamRequestHandler):
    """One session."""

    def handle(self):
        self.wfile.write(b"220 mail.example\r\n")
        while line := self.rfile.readline():
            verb = line[:4].strip().upper().decode()
            answer = self.server.answers.get(verb, "354 go on" if verb == "DATA" else "250 well")
            if answer is None:
                return
            self.wfile.write(answer.encode() + b"\r\n")
            if verb == "DATA" and answer.startswith("354") and not self.take():
                return

    def take(self):
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        self.server.letters.append(b"".join(lines))
        answer = self.server.answers.get("END", "250 taken")
        if answer:
            self.wfile.write(answer.encode() + b"\r\n")
        return bool(answer)


@pytest.fixture
def post():
    """Send a letter to a server that answers so; returns (what was sent, letters that the server has)."""
    servers = []

    def send(letter=None, **answers):
        server = Server(**answers)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        channel = Mail(f"smtp://127.0.0.1:{server.server_address[1]}", "Keshet <keshet@city.example>", 30)
        try:
            return channel.send(letter or envelope())
        finally:
            send.letters = server.letters

    yield send
    for server in servers:
        server.shutdown()
        server.server_close()


def envelope(**changes):
    now = datetime.now(UTC)
    values = {
        "authority_id": 1, "message_id": 7, "attempt": 1, "token": "1." + "t" * 32, "event": "resolved", "channel": "email",
        "address": "dina@home.example", "locale": "he", "body": BODY, "claimed_at": now, "expires_at": now + timedelta(hours=4),
        "variables": {"subject": BODY.splitlines()[0], "preferences": "https://city.example/me"},
    }  # fmt: skip
    return Envelope(**(values | changes))


def test_a_letter_arrives_whole(post):
    sent = post()
    letter = message_from_bytes(post.letters[0], policy=policy.default)
    assert letter["Subject"] == "קש״ת רחובות: הפנייה 482-1937 טופלה."
    assert (letter["From"], letter["To"]) == ("Keshet <keshet@city.example>", "dina@home.example")
    assert letter["List-Unsubscribe"] == "<https://city.example/me>"
    assert letter["Message-ID"] == sent.provider_id == f"<keshet.1.{'t' * 32}@city.example>"
    assert letter.get_body(("plain",)).get_content().split() == BODY.split()
    assert 'dir="rtl"' in letter.get_body(("html",)).get_content()
    assert sent.state == "sent"


def test_markup_in_words_stays_words():
    page = html_of('a <b> & c\nhttps://city.example/t/x"y', "en")
    assert "a &lt;b&gt; &amp; c<br>" in page
    assert 'href="https://city.example/t/x&quot;y"' in page


@pytest.mark.parametrize(
    ("answers", "failure"),
    [
        ({"MAIL": "451 later"}, Retryable),
        ({"MAIL": "550 not from you"}, PermanentConfig),
        ({"RCPT": "450 busy"}, Retryable),
        ({"RCPT": "550 no such box"}, PermanentRecipient),
        ({"RCPT": None}, Retryable),
        ({"DATA": "451 later"}, Retryable),
        ({"DATA": "554 no"}, PermanentConfig),
        ({"END": "452 full"}, Retryable),
        ({"END": "554 looks like spam"}, PermanentConfig),
        ({"END": None}, Ambiguous),
    ],
)
def test_what_each_answer_means(post, answers, failure):
    with pytest.raises(failure) as raised:
        post(**answers)
    assert type(raised.value) is failure


def test_a_server_that_is_not_there_is_tried_again():
    with pytest.raises(Retryable):
        Mail("smtp://127.0.0.1:1", "a@b.example", 1).send(envelope())


def test_an_address_cannot_smuggle_a_header(post):
    with pytest.raises(PermanentRecipient):
        post(envelope(address="a@b.example\r\nBcc: all@b.example"))
    assert post.letters == []


def test_no_header_without_preferences():
    assert "List-Unsubscribe" not in letter_of(envelope(variables={}), "a@b.example", "b.example")


BASIC = {"DATABASE_URL": "postgresql://x", "SECRET_KEY": "s" * 32}
REAL = {"MESSAGE_TRANSPORT": "twilio", "TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "t"}
SERVER = {"MAIL_URL": "smtps://u:p@mail.example:465", "MAIL_FROM": "a@b.example"}


@pytest.mark.parametrize("wrong", [{"MAIL_URL": "mail.example"}, {"MAIL_URL": "smtp://mail.example"}])
def test_half_a_mail_server_is_no_configuration(wrong):
    with pytest.raises(BadConfiguration):
        config.read(BASIC | wrong)


def test_only_what_is_set_up_is_offered():
    assert offered(config.read(BASIC | REAL)) == {"sms", "whatsapp"}
    assert offered(config.read(BASIC | REAL | SERVER)) == {"sms", "whatsapp", "email"}
    assert "voice" in offered(config.read(BASIC | REAL | {"TWILIO_VOICE_SENDER": "+97289392200"}))
    assert offered(config.read(BASIC)) == {"sms", "whatsapp", "voice", "email"}


def test_a_call_without_a_number_to_call_from_is_refused_by_the_exchange():
    channel = channel_for(config.read(BASIC | REAL | SERVER))
    with pytest.raises(PermanentConfig):
        channel.send(envelope(channel="voice"))
    assert channel.look_up("<keshet.1@b.example>") is None
    assert channel.find(envelope(), frozenset()) is None
