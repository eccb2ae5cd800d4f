"""The seeded catalogue, read once for the tests of this folder."""

import json
from functools import cache
from pathlib import Path

import service_desk.catalog
from service_desk.catalog.rules import ServiceType, Suggester, read_type

LANGUAGES = {"he", "ar", "ru", "en", "am"}
HERE = Path(__file__).parent


@cache
def seed() -> dict:
    return json.loads(
        (Path(service_desk.catalog.__file__).parent / "seed" / "services.json").read_text("utf-8")
    )


@cache
def service_types() -> dict[str, ServiceType]:
    return {each["code"]: read_type(each) for each in seed()["services"]}


@cache
def suggester() -> Suggester:
    return Suggester(service_types().values())


def table(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (HERE / name).read_text("utf-8").splitlines()]
