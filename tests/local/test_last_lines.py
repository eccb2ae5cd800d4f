"""What the console shows of a process that ended: words, also where its log is JSON."""

import json
import sys

from service_desk.local.processes import Child, Service, plain

FAILED = {
    "event": "process_failed",
    "level": "critical",
    "exception": [{"exc_type": "BadConfiguration", "exc_value": "SECRET_KEY must be set"}],
}


def test_a_line_of_the_log_is_shown_as_level_event_and_error():
    assert plain(json.dumps(FAILED)) == "critical: process_failed; BadConfiguration: SECRET_KEY must be set"
    assert plain('{"event": "Booting worker", "level": "info", "request_id": "a"}') == "info: Booting worker"


def test_any_other_line_is_shown_as_it_is():
    for line in ("FATAL: no such database", "[1, 2]", '{"event', "12", '{"level": "info"}'):
        assert plain(line) == line


def test_the_last_lines_of_a_process_are_words(tmp_path):
    program = f"print('a word'); print({json.dumps(FAILED)!r}); raise SystemExit(3)"
    child = Child(Service("web", (sys.executable, "-c", program), {}), tmp_path / "web.log")
    child.process.wait(60)
    assert child.tail() == [
        "a word",
        "critical: process_failed; BadConfiguration: SECRET_KEY must be set",
    ]
    assert json.loads(child.output().splitlines()[1]) == FAILED
