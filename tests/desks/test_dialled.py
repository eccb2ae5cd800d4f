"""Numbers are shown as people dial them."""

import pytest

from service_desk.desks.filters import dialled


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("+972502345678", "050-234-5678"),
        ("+97289392222", "08-939-2222"),
        ("+972771234567", "077-123-4567"),
        ("*8840", "*8840"),
        ("106", "106"),
        ("", ""),
    ],
)
def test_a_number_is_shown_as_it_is_dialled(kept, shown):
    assert dialled(kept) == shown


def test_a_centre_page_shows_its_number_as_it_is_dialled_and_calls_the_whole_one(client, city):
    centre = city.numbered(5)
    page = client.get("/centres/5").get_data(as_text=True)
    assert f'href="tel:{centre.phone}"' in page
    assert dialled(centre.phone) in page
    assert centre.phone not in page.replace(f'href="tel:{centre.phone}"', "")
