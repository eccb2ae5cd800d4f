"""Desk of the resident."""

from flask import Blueprint

desk = Blueprint("resident", __name__)
