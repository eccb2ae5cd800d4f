"""Desk of the contractor."""

from flask import Blueprint

desk = Blueprint("contractor", __name__)
