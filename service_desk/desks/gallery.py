"""The gallery of components, in demo mode: every part of the design language in each of its states."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

desk = Blueprint("gallery", __name__)


@desk.get("/_gallery")
def show() -> str:
    """Show every component."""
    return render_template("gallery.html", areas_url=url_for("resident.areas"))
