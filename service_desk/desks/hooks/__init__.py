"""Desk of the hooks."""

from flask import Blueprint

desk = Blueprint("hooks", __name__)
