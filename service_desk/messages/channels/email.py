"""Letters by e-mail, handed to the city's own mail server by SMTP. Letters that come back are not read.

Once the server has the words, a lost answer leaves their fate unknown; before that nothing was made. A second try has
an identity of its own in the server's log: the attempt's token.
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from html import escape
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import unquote, urlsplit

from service_desk.messages.channels.contract import (
    Ambiguous,
    ChannelError,
    PermanentConfig,
    PermanentRecipient,
    Retryable,
    Sent,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from service_desk.config import Settings
    from service_desk.messages.channels.contract import Envelope

#: ids of letters begin so; nobody can be asked about them
PREFIX = "<keshet."
SECONDS = 20.0
_RIGHT_TO_LEFT = frozenset({"he", "ar"})
_PORTS = {"smtp": 587, "smtps": 465}


class Mail:
    """One mail server. url: smtp[s]://user:password@host:port, user and password percent-encoded or left out."""

    def __init__(self, url: str, sender: str, seconds: float = SECONDS) -> None:
        """Keep where to hand letters in, and from whom. sender: «Name <address>» or an address."""
        self.parts, self.sender, self.seconds = urlsplit(url), sender, seconds
        self.domain = parseaddr(sender)[1].rpartition("@")[2]

    @classmethod
    def of(cls, settings: Settings) -> Mail:
        """Build the channel from the settings."""
        return cls(settings.mail_url, settings.mail_from)

    def send(self, envelope: Envelope) -> Sent:
        """Hand the letter in. Nothing was made until the server was given the words."""
        try:
            letter = letter_of(envelope, self.sender, self.domain)
        except ValueError as error:
            raise PermanentRecipient("address") from error
        self.post(envelope.address, letter)
        return Sent(str(letter["Message-ID"]), "sent")

    def post(self, address: str, letter: EmailMessage) -> None:
        """Hand a letter in that somebody else has put together. Raises as `send` does."""
        try:
            server = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            raise PermanentConfig(str(error.smtp_code)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise PermanentConfig("login") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Retryable("connect") from error
        try:
            self._hand_in(server, address, letter)
        finally:
            server.close()

    def find(self, envelope: Envelope, bound: Collection[str]) -> str | None:  # noqa: ARG002 — the contract's
        """Return None: a mail server tells nobody what it has taken."""
        return None

    def look_up(self, provider_id: str) -> tuple[str, int | None] | None:  # noqa: ARG002 — the contract's
        """Return None: nor what became of it."""
        return None

    def _connect(self) -> smtplib.SMTP:
        """Return a server that has greeted us, over TLS where it can, logged in when we have a name."""
        host, port = self.parts.hostname or "", self.parts.port or _PORTS[self.parts.scheme]
        trust = ssl.create_default_context()
        if self.parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=self.seconds, context=trust)
        else:
            server = smtplib.SMTP(host, port, timeout=self.seconds)
        server.ehlo_or_helo_if_needed()
        if self.parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=trust)
            server.ehlo()
        if self.parts.username:
            server.login(unquote(self.parts.username), unquote(self.parts.password or ""))
        return server

    def _hand_in(self, server: smtplib.SMTP, address: str, letter: EmailMessage) -> None:
        try:
            _accept(server.mail(parseaddr(self.sender)[1]), PermanentConfig)
            _accept(server.rcpt(address), PermanentRecipient)
        except (OSError, smtplib.SMTPException) as error:
            raise Retryable("before_words") from error
        try:
            answer = server.data(letter.as_bytes(policy=SMTP))
        except smtplib.SMTPDataError as error:
            _refuse(error.smtp_code, PermanentConfig)
        except (OSError, smtplib.SMTPException) as error:
            raise Ambiguous("read") from error
        _accept(answer, PermanentConfig)


def letter_of(envelope: Envelope, sender: str, domain: str) -> EmailMessage:
    """Return the letter: plain words, and the same as simple HTML. Raises ValueError for an address that is none."""
    letter = EmailMessage()
    letter["Subject"] = envelope.variables.get("subject") or envelope.body.partition("\n")[0]
    letter["From"], letter["To"] = sender, envelope.address
    letter["Date"] = formatdate(envelope.claimed_at.timestamp())
    letter["Message-ID"] = f"{PREFIX}{envelope.token}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    if preferences := envelope.variables.get("preferences"):
        letter["List-Unsubscribe"] = f"<{preferences}>"
    letter.set_content(envelope.body)
    letter.add_alternative(html_of(envelope.body, envelope.locale), subtype="html")
    letter["Content-Language"] = envelope.locale  # set before the parts it would move into the first of them
    return letter


def html_of(body: str, locale: str) -> str:
    """Return the words as a page without anything fetched: paragraphs, and links that can be pressed."""
    paragraphs = "".join(
        f"<p>{'<br>'.join(_linked(line) for line in part.splitlines())}</p>" for part in body.split("\n\n")
    )
    direction = "rtl" if locale in _RIGHT_TO_LEFT else "ltr"
    return f'<!doctype html><html lang="{locale}" dir="{direction}"><body>{paragraphs}</body></html>'


def _linked(line: str) -> str:
    return " ".join(
        f'<a href="{escape(word)}">{escape(word)}</a>'
        if word.startswith(("https://", "http://"))
        else escape(word)
        for word in line.split(" ")
    )


def _accept(answer: tuple[int, bytes], refused: type[ChannelError]) -> None:
    """Go on after a yes. Raises what a no means."""
    if not 200 <= answer[0] < 300:
        _refuse(answer[0], refused)


def _refuse(code: int, refused: type[ChannelError]) -> NoReturn:
    """Raise: later again for a server that says so (4xx), else what the refusal is about."""
    raise (Retryable if 400 <= code < 500 else refused)(str(code))
