"""Gunicorn's door: `gunicorn wsgi:app`."""

from service_desk.app import create_app

app = create_app()
