"""What web, workers and timers say first: from here on each line of the process is one of the log."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

from service_desk.telemetry.lines import Lines, Output, configure, level_of, log

if TYPE_CHECKING:
    from types import TracebackType


class _Gunicorn(logging.Filter):
    """Sees each line of gunicorn before its handlers do, whichever settings it was started with and when it reads them anew.

    Gunicorn's own stream gives way to ours; a file, syslog or another handler that the operator named stays, and gets our lines.
    """

    def __init__(self) -> None:
        super().__init__()
        self.level = logging.INFO

    def filter(self, record: logging.LogRecord) -> bool:
        """Make its handlers write our lines; say whether LOG_LEVEL lets this one through."""
        own = logging.getLogger("gunicorn.error")
        for each in list(own.handlers):
            # gunicorn marks what it added itself, files and syslog as well
            if hasattr(each, "_gunicorn") and type(each) is logging.StreamHandler:
                own.removeHandler(each)
                own.propagate = True
        for each in (*own.handlers, *logging.getLogger().handlers):
            _make_ours(each)
        return record.levelno >= self.level


_gunicorn = _Gunicorn()


def _never(_record: logging.LogRecord) -> bool:
    """Let nothing through. Requests' addresses hold the tokens of private links; we write a line of each ourselves."""
    return False


def _make_ours(taker: logging.Handler) -> None:
    if not isinstance(taker.formatter, Lines):
        taker.setFormatter(Lines())


def serve(level: str) -> None:
    """Make every line of this process one of the log: of libraries, of warnings, of what ends it or one of its threads.

    Called first thing by web, workers and timers; a command that a person waits for keeps to plain words. May be called
    again, with a better known level. Handlers that somebody else named stay, and write our lines.
    """
    root = logging.getLogger()
    ours = Output(level_of(level))
    root.handlers[:] = [each for each in root.handlers if not isinstance(each, Output)] or [ours]
    for each in root.handlers:
        _make_ours(each)
    root.setLevel(level_of(level))
    logging.lastResort = ours
    logging.raiseExceptions = False  # a full disk: no words about words
    logging.captureWarnings(capture=True)
    configure(level)
    _gunicorn.level = level_of(level)
    logging.getLogger("gunicorn.error").addFilter(_gunicorn)
    logging.getLogger("gunicorn.access").addFilter(_never)
    sys.excepthook = _process_failed
    sys.unraisablehook = lambda seen: log.error("error_unheard", exc_info=seen.exc_value)
    threading.excepthook = _thread_failed


def _process_failed(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Tell what ended the process; somebody's Ctrl-C is no failure."""
    if not isinstance(error, KeyboardInterrupt):
        log.critical("process_failed", exc_info=error)


def _thread_failed(seen: threading.ExceptHookArgs) -> None:
    """Tell what ended a thread; one that leaves by SystemExit has ended as it meant to."""
    if not issubclass(seen.exc_type, SystemExit):
        log.error("thread_failed", exc_info=seen.exc_value)
