"""Desk of the admin."""

from flask import Blueprint

desk = Blueprint("admin", __name__)
