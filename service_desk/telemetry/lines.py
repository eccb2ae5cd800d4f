"""How a line of the log is made: one JSON object on standard output, whoever writes it."""

from __future__ import annotations

import logging
import re
import sys
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

# structlog draws tracebacks with rich where that is installed (it comes with the limiter): 4 MB of every process that JSON
# lines have no use for. While structlog is read, rich is therefore not to be had; afterwards it is as before.
_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]
import structlog  # noqa: E402

if _rich is None:
    del sys.modules["rich"]
else:
    sys.modules["rich"] = _rich

from service_desk.telemetry.words import scrub, without_words  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, Sequence

request_id: ContextVar[str] = ContextVar("request_id", default="")
_RQ_JOB = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")

log = structlog.get_logger("keshet")
#: where it failed, never with what: local variables hold people's words and numbers
_TRACES = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
)


def _empty(stacks: Sequence[dict[str, Any]]) -> None:
    """Leave of each error its kind, its place and what is nobody's words."""
    for stack in stacks:
        stack["exc_value"] = without_words(stack.get("exc_value") or "")
        stack["exc_notes"] = []
        for group in stack.get("exceptions") or ():
            _empty(group)


def _scrub_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = scrub(value)
    if given := request_id.get():
        event.setdefault("request_id", scrub(given))
    if _job:
        event.setdefault("job_id", _job)
    if "exception" in event:
        _empty(event["exception"])
    return event


def _name_logger(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.setdefault("logger", "keshet")
    return event


#: the way of every line, ours or a library's; the last step makes it one JSON object
_STEPS: tuple[Any, ...] = (
    _TRACES,
    _scrub_event,
    # what we name ourselves needs no scrubbing
    _name_logger,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.JSONRenderer(ensure_ascii=False),
)


class Lines(logging.Formatter):
    """Lets a record of the standard library go the way of our own lines."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one JSON object. A traceback within its words becomes the error that is being handled."""
        try:
            said = record.getMessage()
        except Exception:  # noqa: BLE001 — a library's broken line is still a line
            said = str(record.msg)
        said, _, trace = said.partition("Traceback (most recent call last)")
        line: Any = {"event": without_words(said), "logger": record.name}
        error = record.exc_info or (sys.exc_info() if trace else None)
        if error and error[0]:
            line["exc_info"] = error
        if record.name.startswith("rq.") and (job := _RQ_JOB.search(said)):
            line["job_id"] = job.group()
        for step in _STEPS:
            line = step(None, record.levelname.lower(), line)
        return str(line)


#: the job that this process works on; a worker does one at a time, with threads of its own
_job = ""


@contextmanager
def during(job: str) -> Iterator[None]:
    """Let every line of the process carry the id of the job that it works on."""
    global _job  # noqa: PLW0603 — see there
    _job = job
    try:
        yield
    finally:
        _job = ""


class _Writer(structlog.WriteLogger):
    """Writes a line and its end in one write, since two processes share the file.

    What cannot be written is let go: a full disk must not fail what was done already.
    """

    def msg(self, message: str) -> None:
        """Write a line, or do without."""
        with suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def level_of(name: str) -> int:
    """Return a level by its name; INFO for a name that the settings will refuse."""
    return logging.getLevelNamesMapping().get(name.strip().upper(), logging.INFO)


class Output(logging.StreamHandler):  # type: ignore[type-arg]
    """Lets the standard library write our lines to standard output, from a level on."""

    def __init__(self, level: int) -> None:
        super().__init__(sys.stdout)
        self.setFormatter(Lines())
        self.setLevel(level)


def configure(level: str) -> None:
    """Send structlog and the standard library through one JSON renderer to standard output. level: e.g. INFO."""
    structlog.configure(
        processors=list(_STEPS),
        wrapper_class=structlog.make_filtering_bound_logger(level_of(level)),
        logger_factory=lambda *_: _Writer(),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[Output(level_of(level))], level=level_of(level))
