"""Desk of the open311."""

from flask import Blueprint

desk = Blueprint("open311", __name__)
