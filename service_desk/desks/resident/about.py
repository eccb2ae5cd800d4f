"""What the city says about itself: accessibility, privacy, and the service charter."""

from __future__ import annotations

from flask import render_template

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.resident.door import desk
from service_desk.desks.resident.sayings import centre_name, duration
from service_desk.slas.queries import standards


@desk.get("/accessibility")
def accessibility() -> str:
    """Show the accessibility statement."""
    centres = [(each, centre_name(each.id)) for each in city_map().centres.values()]
    return render_template("resident/accessibility.html", centres=centres)


@desk.get("/privacy")
def privacy() -> str:
    """Show what is stored, what is published and what never."""
    return render_template("resident/privacy.html")


@desk.get("/charter")
def charter() -> str:
    """Show every type with its standard, from the data that judge it."""
    found, known = catalogue(), standards().slas
    groups = [
        (
            group,
            [
                (
                    service,
                    duration(known[service.code].resolve_minutes, known[service.code].calendar_code),
                    duration(known[service.code].make_safe_minutes or 0, "24x7")
                    if known[service.code].make_safe_minutes
                    else "",
                )
                for service in found.of_group(code)
                if service.code in known
            ],
        )
        for code, group in found.groups.items()
    ]
    return render_template("resident/charter.html", groups=groups)
