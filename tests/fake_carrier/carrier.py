"""The ledger, the rules the published description lacks, and the faults."""

import json
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "1" * 32
PER_PAGE = 50
#: Faults: refused before anything is kept, or kept and then the answer goes wrong.
REFUSALS = {"429": (429, 20429), "20003": (401, 20003), "21610": (400, 21610), "503 before": (503, 20503)}
DOWN = (503, 20503)
KEPT_FIRST = ("503 after", "half body", "no answer", "slow", "not json")


@dataclass
class Kept:
    """One message that the carrier took."""

    sid: str
    form: dict
    made_at: datetime
    status: str = "queued"
    error_code: int | None = None
    body: str = ""

    def shown(self):
        """Return the message as the API shows it."""
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "to": self.form["To"],
            "from": self.form.get("From"),
            "body": self.body,
            "status": self.status,
            "error_code": self.error_code,
            "error_message": None,
            "date_created": format_datetime(self.made_at),
            "date_sent": None,
            "date_updated": format_datetime(self.made_at),
            "direction": "outbound-api",
            "num_segments": "1",
            "num_media": "0",
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{self.sid}.json",
        }


@dataclass
class Carrier:
    """A carrier for the length of a test. slow_seconds: how long the fault «slow» keeps the answer."""

    auth_token: str = "secret-of-the-test"
    slow_seconds: float = 2.0
    #: what a create call meets when the list of coming answers is empty
    usual: str = "ok"
    retry_after_seconds: int = 7
    #: so long after it was made, a message shows in the list; None: never
    listed_after_seconds: float | None = 0
    templates: dict = field(default_factory=dict)
    #: what create calls to these numbers (as in «To») meet, whatever the others do
    answers_to: dict = field(default_factory=dict)
    #: everything is answered 503, the list too
    is_down: bool = False
    ledger: list = field(default_factory=list)
    seen: list = field(default_factory=list)
    callbacks: int = 0

    def __post_init__(self):
        self._answers, self._lock = [], threading.Lock()
        #: while it is not set, what is taken gets no answer yet
        self.answers = threading.Event()
        self.answers.set()
        carrier = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65_536  # one packet an answer: many small ones wait 40 ms for each other

            def do_POST(self):
                carrier.create(self)

            def do_GET(self):
                carrier.show(self)

            def log_message(self, *_args):
                """Be silent."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 256  # of five, a surge of new connections loses some on a busy machine

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()

    def next_answers(self, *answers):
        """Say what the coming create calls meet: ok, a refusal, or a fault."""
        self._answers.extend(answers)

    def create(self, handler):
        """Take a message, or do to it what the test asked for."""
        raw = handler.rfile.read(int(handler.headers.get("Content-Length", 0))).decode()
        form = dict(parse_qsl(raw, keep_blank_values=True))
        with self._lock:
            self.seen.append(form)
            answer = self.answers_to.get(form.get("To")) or (self._answers.pop(0) if self._answers else self.usual)  # fmt: skip
        refusal = DOWN if self.is_down else REFUSALS.get(answer) or _refused_by(answer) or _refusal(form)
        if refusal:
            headers = {"Retry-After": str(self.retry_after_seconds)} if refusal[0] == 429 else {}
            return _answer(
                handler, refusal[0], {"code": refusal[1], "message": "refused", "status": refusal[0]}, headers
            )
        with self._lock:
            kept = Kept("SM" + secrets.token_hex(16), form, datetime.now(UTC), body=self._body(form))
            self.ledger.append(kept)
        self.answers.wait()
        return self._reply(handler, kept, answer)

    def _body(self, form):
        """Return the words: those given, or the approved template filled with its variables."""
        if "ContentSid" not in form:
            return form["Body"]
        variables = json.loads(form.get("ContentVariables", "{}"))
        return re.sub(
            r"\{\{(\d+)\}\}",
            lambda found: variables[found[1]],
            self.templates.get(form["ContentSid"], "{{1}} {{2}} {{3}} {{4}}"),
        )

    def _reply(self, handler, kept, answer):
        if answer == "ok":
            return _answer(handler, 201, kept.shown())
        if answer == "503 after":
            return _answer(handler, 503, {"code": 20503, "message": "busy", "status": 503})
        if answer == "slow":
            time.sleep(self.slow_seconds)
            return None
        handler.close_connection = True
        if answer == "not json":
            return _write(handler, 201, b"<html>", {})
        if answer == "half body":
            text = json.dumps(kept.shown()).encode()
            handler.send_response(201)
            handler.send_header("Content-Length", str(len(text)))
            handler.end_headers()
            handler.wfile.write(text[: len(text) // 2])
        return None

    def show(self, handler):
        """Answer one message, or the list of those to a number, newest first, in pages."""
        if self.is_down:
            return _answer(handler, DOWN[0], {"code": DOWN[1], "status": DOWN[0]})
        parts = urlsplit(handler.path)
        sid = parts.path.rpartition("/")[2].removesuffix(".json")
        if sid != "Messages":
            found = [kept for kept in self.ledger if kept.sid == sid]
            return (
                _answer(handler, 200, found[0].shown())
                if found
                else _answer(handler, 404, {"code": 20404, "status": 404})
            )
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        size, page = int(asked.get("PageSize", PER_PAGE)), int(asked.get("Page", 0))
        mine = [
            kept.shown()
            for kept in reversed(self.ledger)
            if kept.form["To"] == asked.get("To", kept.form["To"]) and self._is_listed(kept)
        ]
        rest = mine[(page + 1) * size :]
        following = (
            f"{parts.path}?To={asked.get('To', '').replace('+', '%2B')}&PageSize={size}&Page={page + 1}"
            if rest
            else None
        )
        return _answer(
            handler, 200, {"messages": mine[page * size :][:size], "next_page_uri": following, "page": page}
        )

    def _is_listed(self, kept):
        age = (datetime.now(UTC) - kept.made_at).total_seconds()
        return self.listed_after_seconds is not None and age >= self.listed_after_seconds

    def call_back(self, post, kept, status, error_code=None):
        """Report a status as the carrier would: signed, with the message's own callback address.

        post: called with (path, form, headers), e.g. a test client's door. Returns what it returns."""
        kept.status, kept.error_code = status, error_code
        url = kept.form["StatusCallback"]
        form = {
            "MessageSid": kept.sid,
            "MessageStatus": status,
            "SmsSid": kept.sid,
            "SmsStatus": status,
            "AccountSid": ACCOUNT,
        }
        form |= {"From": kept.form.get("From", ""), "To": kept.form["To"], "ApiVersion": "2010-04-01"}
        if error_code:
            form["ErrorCode"] = str(error_code)
        signature = RequestValidator(self.auth_token).compute_signature(url, form)
        self.callbacks += 1
        return post(urlsplit(url).path, form, {"X-Twilio-Signature": signature})


def _refused_by(answer):
    """Return (400, code) when the answer asked for is a code of Twilio's, such as «21614»; else None."""
    return (400, int(answer)) if answer.isdigit() else None


def _refusal(form):
    """Return what Twilio refuses although its description would take it: (status, code), or None."""
    to = form.get("To", "")
    if not re.fullmatch(r"(whatsapp:)?\+[1-9]\d{7,14}", to):
        return 400, 21211
    if not form.get("Body") and not form.get("ContentSid"):
        return 400, 21602
    if not form.get("From") and not form.get("MessagingServiceSid"):
        return 400, 21606
    if to.startswith("whatsapp:") and not form["From"].startswith("whatsapp:"):
        return 400, 21606
    if "ContentVariables" in form and not all(
        str(value).strip() and "\n" not in value for value in json.loads(form["ContentVariables"]).values()
    ):
        return 400, 63016
    return None


def _answer(handler, status, payload, headers=None):
    _write(handler, status, json.dumps(payload).encode(), headers or {})


def _write(handler, status, text, headers):
    handler.send_response(status)
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(len(text)),
        **headers,
    }.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(text)
