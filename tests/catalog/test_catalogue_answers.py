import pytest
from catalogue import service_types
from hypothesis import given, settings
from hypothesis import strategies as st

from service_desk.catalog.rules import AnswerType, Option, Question, ServiceType, check_answers, is_hazard

TYPES = service_types()


def asking(kind, **more):
    return ServiceType(
        "X", "G", {"he": "בדיקה"}, questions=(Question("q", AnswerType(kind), {"he": "מה?"}, **more),)
    )


CHOICE = (Option("a", {"he": "א"}), Option("b", {"he": "ב"}))


@pytest.mark.parametrize(
    ("service", "given_value", "clean"),
    [
        (asking("string"), "  12-345-67 ", "12-345-67"),
        (asking("text"), "x" * 1000, "x" * 1000),
        (asking("number"), "4", 4),
        (asking("number"), "2,5", 2.5),
        (asking("number"), 3, 3),
        (asking("date"), "2026-11-20", "2026-11-20"),
        (asking("boolean"), "on", True),
        (asking("boolean"), False, False),
        (asking("singlevaluelist", options=CHOICE), "a", "a"),
        (asking("multivaluelist", options=CHOICE), ["b", "a", "b"], ["b", "a"]),
        (asking("multivaluelist", options=CHOICE), "a", ["a"]),
    ],
)
def test_a_good_answer_is_kept_clean(service, given_value, clean):
    assert check_answers(service, {"q": given_value}) == ({"q": clean}, {})


@pytest.mark.parametrize(
    ("service", "given_value", "code"),
    [
        (asking("string", is_required=True), "  ", "required"),
        (asking("multivaluelist", options=CHOICE, is_required=True), [], "required"),
        (asking("string"), 5, "not_text"),
        (asking("string", is_required=True), "\x00", "not_text"),
        (asking("text"), "x" * 1001, "too_long"),
        (asking("string", max_length=100), "x" * 101, "too_long"),
        (asking("number"), "many", "not_number"),
        (asking("number"), "nan", "not_number"),
        (asking("number"), "1e400", "not_number"),
        (asking("number"), 10**4000, "not_number"),
        (asking("number"), True, "not_number"),
        (asking("date"), "31/12/2026", "not_date"),
        (asking("date"), "2026-02-30", "not_date"),
        (asking("boolean"), "perhaps", "not_boolean"),
        (asking("boolean"), ["true"], "not_boolean"),
        (asking("singlevaluelist", options=CHOICE), "c", "not_option"),
        (asking("singlevaluelist", options=CHOICE), ["a"], "not_option"),
        (asking("multivaluelist", options=CHOICE), ["a", "c"], "not_option"),
        (asking("multivaluelist", options=CHOICE), {"a": 1}, "not_option"),
    ],
)
def test_a_bad_answer_is_refused_with_its_code(service, given_value, code):
    assert check_answers(service, {"q": given_value}) == ({}, {"q": code})


def test_an_unknown_question_is_refused():
    assert check_answers(TYPES["SAN-LITTER"], {"colour": "red"}) == ({}, {"colour": "unknown"})


def test_all_problems_are_told_at_once():
    _clean, problems = check_answers(TYPES["EMG-DAMAGE"], {"trapped": "perhaps", "other": "x"})
    assert problems == {
        "trapped": "not_boolean",
        "debris": "required",
        "habitable": "required",
        "other": "unknown",
    }


@pytest.mark.parametrize(
    ("code", "answers", "reasons"),
    [
        ("RD-POTHOLE", {"position": "lane", "depth": "lt4"}, ()),
        ("RD-POTHOLE", {"position": "crossing", "depth": "gt10"}, ("depth=gt10", "position=crossing")),
        ("RD-COLLAPSE", {}, ("type",)),
        ("RD-COLLAPSE", {"injury": True}, ("type", "injury=true")),
        ("LGT-WIRE", {"what": "telecom"}, ()),
        ("LGT-WIRE", {"what": "wire"}, ("what=wire",)),
        ("SAN-AROUND", {"blocks": False}, ()),
        ("SAN-AROUND", {"blocks": True}, ("blocks=true",)),
        ("SAN-LITTER", {}, ()),
    ],
)
def test_hazard_follows_type_and_answers(code, answers, reasons):
    assert is_hazard(TYPES[code], answers) == (bool(reasons), reasons)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=1200),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(TYPES)), st.data())
@settings(max_examples=200, deadline=None)
def test_hostile_answers_are_judged_not_raised(code, data):
    service = TYPES[code]
    keys = st.sampled_from([question.code for question in service.questions] or ["x"]) | st.text(max_size=20)
    answers = data.draw(st.dictionaries(keys, ANYTHING, max_size=6))
    clean, problems = check_answers(service, answers)
    assert not clean.keys() & problems.keys()
    assert clean.keys() <= {question.code for question in service.questions}
    again, none = check_answers(service, clean)
    assert again == clean
    assert not {code for code in none if none[code] != "required"}
    is_hazard(service, clean)
