"""The sandbox: each phone's threads as the resident would see them."""

from flask import Blueprint

desk = Blueprint("sandbox", __name__, url_prefix="/sandbox")
