"""The blueprint of the resident's pages."""

from flask import Blueprint

desk = Blueprint("resident", __name__)
