"""The Content API against Twilio's own description, served by Prism."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from test_prism import ACCOUNT, DESCRIPTION, PRISM, ROOT, wait_for

from service_desk.local.state import free_port
from service_desk.messages.channels.contents import Contents
from service_desk.messages.channels.contract import ChannelError
from service_desk.messages.channels.twilio import Wire

CONTENT = DESCRIPTION.with_name("twilio_content_v1.json")
USED = ("/v1/Content", "/v1/ContentAndApprovals", "/v1/Content/{ContentSid}/ApprovalRequests/whatsapp")


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    """The API of a Prism that checks each request against the description."""
    node = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    whole = json.loads(CONTENT.read_text(encoding="utf-8"))
    whole["paths"] = {name: whole["paths"][name] for name in USED}
    path = tmp_path_factory.mktemp("prism") / "content.json"
    path.write_text(json.dumps(whole).replace('"format": "uri"', '"format": "text"'), encoding="utf-8")
    port = free_port()
    command = [node, str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), "--errors", str(path)]
    served = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, served)
        yield Contents(ACCOUNT, "secret", Wire(10, f"http://127.0.0.1:{port}"))
    finally:
        served.terminate()
        served.wait(10)


def test_a_template_is_made_as_the_description_asks(contents):
    made = contents.make("keshet_closed_he", "he", "קש״ת {{1}}: {{2}}. {{3}} {{4}}", {"1": "רחובות"})
    assert made.startswith("HX") or made


def test_a_citys_own_words_are_made_with_the_gaps_they_hold(contents):
    name = "keshet_closed_he_rehovot_0123456789"
    assert contents.make(
        name, "he", "קש״ת {{1}}: {{2}} {{4}} — תודה.", {"1": "רחובות", "2": "482-1937", "4": "https://x"}
    )


def test_it_is_handed_in_as_the_description_asks(contents):
    assert contents.hand_in("HX" + "2" * 32, "keshet_closed_he")


def test_the_list_is_read_as_the_description_gives_it(contents):
    assert isinstance(contents.listed(), dict)


def test_a_template_without_words_is_refused(contents):
    """Proof that Prism looks: were it to let this pass, the tests above would show nothing."""
    with pytest.raises(ChannelError):
        contents._ask("POST", "/v1/Content", {"friendly_name": "x", "types": 7})
