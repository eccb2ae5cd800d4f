"""Desk of the clerk."""

from flask import Blueprint

desk = Blueprint("clerk", __name__)
