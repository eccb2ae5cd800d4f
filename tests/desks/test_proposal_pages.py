"""Pages of what-if: tried, shown, applied, dropped; what cannot be used comes back beside its field."""

import json
import re

import pytest

from service_desk.reports.replay import proposals

BOX = {
    "type": "Polygon",
    "coordinates": [
        [[34.800, 31.890], [34.806, 31.890], [34.806, 31.896], [34.800, 31.896], [34.800, 31.890]]
    ],
}


def drawn(**more):
    return {"key": "k" * 32, "target": "K5", "drawn": json.dumps(BOX), "title": "", **more}


def test_a_drawn_border_is_tried_kept_and_shown(client, counted):
    counted()
    client.sign_in("mayor@rehovot.example")
    client.get("/mayor/proposals/new/boundary")
    made = client.post("/mayor/proposals/new/boundary", drawn())
    assert made.status_code == 303
    page = client.get(made.location + "?lang=en").get_data(as_text=True)
    assert "would have gone to another centre" in page
    assert page.count('<svg class="mp"') == 2
    again = client.post("/mayor/proposals/new/boundary", drawn())
    assert again.location == made.location, "the same form sent twice makes one proposal"
    assert "Border of centres" in client.get("/mayor/proposals?lang=en").get_data(as_text=True)
