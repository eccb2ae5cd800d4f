"""The real SDK against Twilio's own API description, served by Prism: a wrong parameter fails."""

import contextlib
import json
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fake_carrier import Carrier

from service_desk.local.state import free_port
from service_desk.messages.channels.contract import ChannelError, Envelope
from service_desk.messages.channels.twilio import Twilio, Wire
from service_desk.messages.channels.voice import Calls

ROOT = Path(__file__).resolve().parents[2]
PRISM = ROOT / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
DESCRIPTION = (
    ROOT
    / "node_modules"
    / "@twilio"
    / "cli-core"
    / "src"
    / "services"
    / "twilio-api"
    / "twilio_api_v2010.json"
)
LIST = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
ONE = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"
CALLS = "/2010-04-01/Accounts/{AccountSid}/Calls.json"
CALL = "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json"
ACCOUNT = "AC" + "1" * 32
VALUES = {"1": "רחובות", "2": "482-1937", "3": "הטיפול הסתיים", "4": "https://city.example/t/x"}


def extract(description, path):
    """Write the part of the description that we use: Prism then starts in a second."""
    whole = json.loads(description.read_text(encoding="utf-8"))
    whole["paths"] = {name: whole["paths"][name] for name in (LIST, ONE, CALLS, CALL)}
    wanted, kept = set(), {}
    texts = [json.dumps(whole["paths"])]
    while texts:
        for name, schema in whole["components"]["schemas"].items():
            if name not in wanted and f'schemas/{name}"' in texts[0]:
                wanted.add(name)
                kept[name] = schema
                texts.append(json.dumps(schema))
        texts.pop(0)
    whole["components"]["schemas"] = kept
    # The description's own examples of addresses are not the whole URIs that it says they are.
    path.write_text(json.dumps(whole).replace('"format": "uri"', '"format": "text"'), encoding="utf-8")


@pytest.fixture(scope="module")
def prism(tmp_path_factory):
    """The address of a Prism that checks each request against the description."""
    node = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    assert PRISM.exists(), "the development packages of npm are missing: see «make bootstrap»"
    path = tmp_path_factory.mktemp("prism") / "messages.json"
    extract(DESCRIPTION, path)
    port = free_port()
    command = [node, str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), "--errors", str(path)]
    served = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, served)
        yield f"http://127.0.0.1:{port}"
    finally:
        served.terminate()
        served.wait(10)


def wait_for(port, served):
    for _ in range(300):
        assert served.poll() is None, "Prism stopped"
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("Prism did not start in 30 s")


@pytest.fixture
def channel(prism):
    senders = {"sms": "Keshet", "whatsapp": "+972501111111"}
    return Twilio(
        ACCOUNT,
        "secret",
        senders,
        "https://city.example",
        Wire(10, prism),
        {"keshet_closed_he": "HX" + "2" * 32},
    )


def envelope(**changes):
    now = datetime.now(UTC)
    values = {
        "authority_id": 1, "message_id": 7, "attempt": 1, "token": "1." + "t" * 32, "event": "closed", "channel": "sms",
        "address": "+972502345678", "locale": "he", "body": "קש״ת רחובות", "claimed_at": now, "expires_at": now + timedelta(hours=4),
    }  # fmt: skip
    return Envelope(**(values | changes))


def test_an_sms_is_what_the_description_asks_for(channel):
    assert channel.send(envelope()).provider_id


def test_a_whatsapp_template_is_what_the_description_asks_for(channel):
    assert channel.send(
        envelope(channel="whatsapp", template_name="keshet_closed_he", variables=VALUES)
    ).provider_id


def test_free_words_are_what_the_description_asks_for(channel):
    assert channel.send(envelope(channel="whatsapp", has_free_words=True)).provider_id


def test_the_list_and_the_look_up_are_what_the_description_asks_for(channel):
    assert channel.find(envelope(), frozenset()) is None
    assert channel.look_up("SM" + "0" * 32)


def test_a_life_that_is_no_number_is_refused(channel):
    """Proof that Prism looks: were it to let this pass, the tests above would show nothing."""
    parameters = channel.parameters(envelope()) | {"validity_period": "soon"}
    channel.parameters = lambda _: parameters
    with pytest.raises(ChannelError):
        channel.send(envelope())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"channel": "whatsapp", "has_free_words": True},
        {"channel": "whatsapp", "template_name": "keshet_closed_he", "variables": VALUES},
    ],
)
def test_every_field_sent_is_one_that_the_description_names(channel, changes):
    """Prism lets fields pass that the description does not know; a misspelt one would do nothing, silently."""
    whole = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    form = whole["paths"][LIST]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    with Carrier() as carrier:
        channel.wire.api_base = urlsplit(carrier.address)
        channel.send(envelope(**changes))
    assert carrier.seen[0].keys() <= form["schema"]["properties"].keys()


@pytest.fixture
def calls(prism):
    return Calls(ACCOUNT, "secret", {"voice": "+97289392200"}, "https://city.example", Wire(10, prism), {})


def test_a_call_its_list_and_its_look_up_are_what_the_description_asks_for(calls):
    spoken = envelope(channel="voice", address="+97289392222")
    assert calls.send(spoken).provider_id
    assert calls.look_up("CA" + "0" * 32)
    assert calls.find(spoken, frozenset()) is None or calls.find(spoken, frozenset())


def test_a_call_that_may_last_a_word_is_refused(calls):
    parameters = calls.parameters(envelope(channel="voice")) | {"time_limit": "long"}
    calls.parameters = lambda _: parameters
    with pytest.raises(ChannelError):
        calls.send(envelope(channel="voice"))


def test_every_field_of_a_call_is_one_that_the_description_names(calls):
    whole = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    form = whole["paths"][CALLS]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    with Carrier() as carrier:
        calls.wire.api_base = urlsplit(carrier.address)
        with contextlib.suppress(
            ChannelError
        ):  # the fake carrier knows messages only, but notes what it was asked
            calls.send(envelope(channel="voice"))
    assert carrier.seen[0].keys() <= form["schema"]["properties"].keys()
    assert carrier.seen[0]["Url"].startswith("https://city.example/hooks/twilio/voice/1.")
