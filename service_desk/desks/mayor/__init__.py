"""Desk of the mayor."""

from flask import Blueprint

desk = Blueprint("mayor", __name__)
