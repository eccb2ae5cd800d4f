import re

import pytest
from catalogue import LANGUAGES, seed, service_types

from service_desk.catalog.rules import AnswerType, HandlerKind, read_group

#: each language in its own letters, so that a row filled with another's text is found
LETTERS = {"he": "[א-ת]", "ar": "[ء-ي]", "ru": "[а-яё]", "en": "[a-z]", "am": "[\u1200-\u135a]"}
IMPERATIVE = re.compile(
    r"(?<![א-ת])(אתה|אתם|אתן|לחץ|לחצי|לחצו|בחר|בחרי|בחרו|תושב/ת|יכול/ה|שלח|שלחו|סמן|סמנו|התקשר|התקשרו)(?![א-ת])"
)
SERVICES = seed()["services"]


def wrong_language(texts):
    return {
        lang
        for lang in LANGUAGES
        if not re.search(LETTERS[lang] + "|^[\\d\\W]+$", texts.get(lang, "").lower())
    }


def test_the_catalogue_has_its_groups_units_and_types():
    assert (len(seed()["groups"]), len(SERVICES)) == (12, 70)
    assert len({each["code"] for each in SERVICES}) == 70
    assert {each["group"] for each in SERVICES} == {group["code"] for group in seed()["groups"]}


@pytest.mark.parametrize("group", seed()["groups"], ids=lambda group: group["code"])
def test_every_group_speaks_five_languages(group):
    read = read_group(group)
    assert not wrong_language(read.name)
    assert not wrong_language(read.examples)
    assert all(len(re.split("[,،፣]", text)) == 3 for text in read.examples.values())


@pytest.mark.parametrize("unit", seed()["units"], ids=lambda unit: unit["code"])
def test_every_unit_speaks_five_languages(unit):
    assert not wrong_language(unit["name"])


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service["code"])
def test_every_type_speaks_five_languages(service):
    assert not wrong_language(service["name"])
    assert not wrong_language(service["description"])
    for language in LANGUAGES:
        words = service["keywords"][language]
        assert len(words) >= (2 if language == "am" else 5), language
        assert len(words) == len(set(words))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service["code"])
def test_every_question_and_option_speaks_five_languages(service):
    for question in service["questions"]:
        assert not wrong_language(question["text"]), question["code"]
        for option in question["options"]:
            assert not wrong_language(option["text"]), (question["code"], option["key"])


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service["code"])
def test_hebrew_neither_commands_nor_genders(service):
    said = [service["name"]["he"], service["description"]["he"]]
    said += [text["text"]["he"] for q in service["questions"] for text in (q, *q["options"])]
    assert not [text for text in said if IMPERATIVE.search(text)]


@pytest.mark.parametrize("service", service_types().values(), ids=lambda service: service.code)
def test_hazard_answers_are_answers_of_their_question(service):
    for question in service.questions:
        options = {option.key for option in question.options}
        choosable = {"true", "false"} if question.type is AnswerType.BOOLEAN else options
        assert question.hazard_values <= choosable
        assert bool(options) == (question.type in (AnswerType.SINGLE, AnswerType.MULTI))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service["code"])
def test_every_type_has_a_promise_and_its_source(service):
    sla = service["sla"]
    assert 0 < sla["ack_hours"] <= sla["resolve_hours"]
    assert sla["calendar"] in ("business", "24x7")
    assert sla["make_safe_hours"] is None or 0 < sla["make_safe_hours"] <= sla["resolve_hours"]
    assert sla["source"]


def test_hazard_flag_agrees_with_its_word():
    for service in SERVICES:
        answers = any(question["hazard_values"] for question in service["questions"])
        assert service["is_hazard"] == (service["hazard_when"] == "always")
        assert service["hazard_when"] != "answers" or answers
        assert service["hazard_when"] != "never" or not answers


def test_sensitive_types_are_never_public():
    assert not [each["code"] for each in SERVICES if each["sensitive"] and each["is_public"]]


def test_every_handler_exists():
    units = {unit["code"]: unit for unit in seed()["units"]}
    for service in service_types().values():
        assert service.unit_code is None or service.unit_code in units, service.code
        assert (service.handler_kind is HandlerKind.CONTRACTOR) == bool(service.contractor_domain), (
            service.code
        )
        outside = bool(service.unit_code) and units[service.unit_code]["is_outside"]
        assert (service.handler_kind is HandlerKind.OUTSIDE) == outside, service.code
        assert service.unit_code or service.handler_kind is HandlerKind.CENTRE, service.code


def test_known_radius_fits_the_place():
    for service in service_types().values():
        assert 40 <= service.known_radius_m <= 250 if service.needs_place else service.known_radius_m == 0, (
            service.code
        )


def test_machine_made_languages_say_so():
    review = seed()["meta"]["review"]
    assert not any(review[language]["reviewed"] for language in ("ar", "ru", "am"))
