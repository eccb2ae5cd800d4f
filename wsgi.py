"""Gunicorn's door: `gunicorn wsgi:app`."""

import gc
import sys

from service_desk import heap

heap.keep_small()  # before what is loaded next starts threads

from service_desk import clock, config, telemetry  # noqa: E402
from service_desk.app import create_app  # noqa: E402

#: gunicorn's code for an app that cannot be loaded: it gives up, as another try would end the same way
NOT_LOADED = 4

try:
    settings = config.read()
    # Gunicorn reads gunicorn.conf.py only where it is started in this folder without a file of the operator's.
    telemetry.serve(settings.log_level)
    app = create_app(settings)
except config.BadConfiguration as error:
    sys.stderr.write(f"wsgi: {error}\n")
    sys.exit(NOT_LOADED)
clock.follow_database()
# What is loaded here stays for good, and with --preload the workers share its memory: no collection looks at it again.
gc.collect()
gc.freeze()
