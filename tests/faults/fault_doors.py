"""The web's doors as strangers and the carrier use them: over HTTP, at a gunicorn with several processes."""

import http.client
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode

from fake_carrier.carrier import ACCOUNT
from twilio.request_validator import RequestValidator

BASE = "https://keshet.city.example"
INBOUND = "/hooks/twilio/inbound"


class Doors:
    """A running web. master: the pid of its first process."""

    def __init__(self, port, master, line):
        self.port, self.master, self.line, self.account = port, master, line, ACCOUNT

    def ask(self, path, form=None, headers=None, seconds=30):
        """Send a request; return (status, answer's text, seconds); status 0: no answer came, or half of one."""
        data = None if form is None else urlencode(form).encode()
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers or {})
        began = time.monotonic()
        try:
            with urllib.request.urlopen(asked, timeout=seconds) as answer:
                status, words = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                status, words = error.code, error.read().decode()
        except (OSError, http.client.HTTPException):
            status, words = 0, ""
        return status, words, time.monotonic() - began

    def report(self, key, seconds=30, **changed):
        """Report a pothole under a key (hex) of the caller's, each key from a number of its own. Returns as `ask` does."""
        # 5, 6 and 7 never begin the numbers of `House.phone`, and a 0 never ends the poisoned ones.
        phone = f"050{5 + int(key, 16) % 3}{int(key, 16) // 3 % 10**5:05d}0"
        form = {"api_key": "demo", "service_code": "RD-POTHOLE", "description": "בור", "attribute[position]": "lane", "phone": phone, "address_string": "הרצל 5"}  # fmt: skip
        return self.ask("/open311/v2/requests.json", form | changed, {"Idempotency-Key": key}, seconds)

    def report_at_last(self, key):
        """Report under a key again and again while the door is busy, as a person does. Returns (status, answer's text)."""
        for _ in range(20):
            status, words, _seconds = self.report(key)
            if status not in {0, 503}:
                break
        return status, words

    def signed(self, path, form, *, signature=None, signed_path=None):
        """Post as the carrier does; signature: instead of the right one; signed_path: of another door. Returns the status."""
        proof = RequestValidator(self.line.auth_token).compute_signature(BASE + (signed_path or path), form)
        given = proof if signature is None else signature
        return self._insist(path, form, {"X-Twilio-Signature": given} if given else {})

    def _insist(self, path, form, headers, tries=20):
        """Post again while the door is busy, as the carrier does. Returns the last answer's status."""
        for _ in range(tries):
            status = self.ask(path, form, headers)[0]
            if status not in {0, 503}:
                break
        return status

    def inbound(self, sid, sender, words):
        """Let the carrier hand over what a person wrote. Returns the status."""
        form = {"MessageSid": sid, "AccountSid": ACCOUNT, "From": sender, "To": "+97289392222", "Body": words}
        return self.signed(INBOUND, form)

    def callback(self, kept, status, code=None, *, tries=20, **changed):
        """Let the carrier report a status; changed: fields that differ from those signed. Returns the last answer's status."""
        return self.line.call_back(lambda path, form, headers: self._insist(path, form | changed, headers, tries), kept, status, code)  # fmt: skip
