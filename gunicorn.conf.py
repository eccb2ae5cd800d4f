"""What gunicorn reads when it is started here: the lines that it writes before it loads the app are lines of the log too."""

import os
import sys

from service_desk import telemetry

telemetry.serve(os.environ.get("LOG_LEVEL", ""))


def post_request(_worker: object, _req: object, _environ: object, _resp: object) -> None:
    """Forget the request that was answered, since its thread reads the next one; gunicorn has yet to tell of one that failed."""
    if sys.exc_info()[0] is None:
        telemetry.request_id.set("")
