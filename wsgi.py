"""Gunicorn's door: `gunicorn wsgi:app`."""

import gc

from service_desk.app import create_app

app = create_app()
# What is loaded here stays for good, and with --preload the workers share its memory: no collection looks at it again.
gc.collect()
gc.freeze()
