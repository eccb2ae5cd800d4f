"""The published schema of the open files: a Frictionless data package, made of the same columns as the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.reports.opendata.fields import FIGURES, REQUESTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.reports.opendata.fields import Column

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


def package(base: str, city: str, years: Sequence[int]) -> dict[str, Any]:
    """Return the descriptor. base: public address of the installation; city: English name; years: newest first."""
    return {
        "profile": "tabular-data-package",
        "name": "keshet-open-data",
        "title": f"Requests of residents, {city}",
        "homepage": f"{base}/open",
        "licenses": [LICENCE],
        "resources": [
            *(
                _table(
                    f"requests-{year}",
                    f"{base}/open/requests.csv?year={year}",
                    "A row for each promise of a request received in the year. Whole days, the last of them yesterday.",
                    REQUESTS,
                )
                for year in years
            ),
            _table(
                "figures",
                f"{base}/open/figures.csv",
                "The city's measures by month and centre, as on its own overview. Whole months.",
                FIGURES,
            ),
        ],
    }


def _table(name: str, path: str, description: str, columns: Sequence[Column]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": path,
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True},
        "schema": {"fields": [each.as_schema() for each in columns], "missingValues": [""]},
    }
