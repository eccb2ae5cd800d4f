import time
from collections import Counter

import pytest
from catalogue import service_types, suggester, table
from hypothesis import given, settings
from hypothesis import strategies as st

from service_desk.catalog.rules import ServiceType, Suggester

SENTENCES = table("sentences.tsv")
#: written before the suggester ran on them; keywords are not tuned to them: add new ones rather than bend it to these
UNSEEN = table("sentences_unseen.tsv")
#: sentences wanted in each language
LEAST = {"he": 40, "ar": 25, "ru": 25, "en": 20, "am": 10}
NONSENSE = [
    "",
    "   ",
    "12345",
    "?!",
    "שלום מה שלומך",
    "אני אוהב פיצה",
    "מתכון לעוגת שוקולד",
    "תודה רבה על הכל",
    "הרצל 12 רחובות",
    "hello how are you",
    "I love pizza and football",
    "the weather is nice today",
    "best restaurant in town",
    "привет как дела",
    "я люблю кофе",
    "я купил новый телефон",
    "сегодня хорошая погода",
    "مرحبا كيف الحال",
    "أحب القهوة صباحا",
    "ሰላም እንዴት ነህ",
    "asdkjh qwe zxc",
]
HAZARDS = [
    ("חוט חשמל קרוע", "LGT-WIRE"),
    ("a tree is about to fall", "PRK-TREEFALL"),
    ("прорвало трубу", "WTR-BURST"),
    ("עץ עומד ליפול", "PRK-TREEFALL"),
    ("חסר מכסה ביוב", "RD-COLLAPSE"),
    ("открытый люк", "RD-COLLAPSE"),
    ("سلك كهرباء مقطوع", "LGT-WIRE"),
    ("שוחה פתוחה בכביש", "RD-COLLAPSE"),
    ("כלב נשך ילד", "VET-BITE"),
    ("የወደቀ ዛፍ", "PRK-TREEFALL"),
]


def found(text, limit=3):
    return [each.code for each in suggester().suggest(text, limit)]


def share_right(sentences):
    return sum(code in found(text) for _language, code, text in sentences) / len(sentences)


def test_the_table_is_wide_enough():
    counts = Counter(language for language, _code, _text in SENTENCES)
    assert len(SENTENCES) >= 120
    assert all(counts[language] >= least for language, least in LEAST.items())
    assert {code for _language, code, _text in SENTENCES + UNSEEN} <= set(service_types())


@pytest.mark.parametrize("language", ["he", "ar", "ru", "en", "am"])
def test_sentences_find_their_type_among_three(language):
    assert share_right([row for row in SENTENCES if row[0] == language]) >= 0.9


def test_unseen_sentences_find_their_type_among_three():
    assert share_right(UNSEEN) >= 0.9


@pytest.mark.parametrize(("text", "code"), HAZARDS)
def test_hazards_come_first(text, code):
    assert found(text)[0] == code


@pytest.mark.parametrize("text", NONSENSE)
def test_nothing_is_guessed_from_nothing(text):
    assert suggester().suggest(text) == []


def test_a_suggestion_shows_the_words_that_spoke_for_it():
    first = suggester().suggest("יש בור בכביש")[0]
    assert first.code == "RD-POTHOLE"
    assert "בור" in first.matched


def test_a_misspelt_word_is_understood():
    assert found("huge pothle")[0] == "RD-POTHOLE"
    assert found("сломан светафор")[0] == "TRF-SIGNAL"
    assert found("הרמזורר כבוי")[0] == "TRF-SIGNAL"


def test_points_and_quotes_do_not_matter():
    assert found("מַתְנָ״ס") == found('מתנ"ס') == found("מתנס")
    assert found("מתנס")[0] == "PUB-BUILD"


def test_limit_is_kept():
    assert len(suggester().suggest("מדרכה רכב אשפה עץ מים ביוב פנס", limit=2)) == 2


def test_an_empty_catalogue_suggests_nothing():
    assert Suggester([]).suggest("בור בכביש") == []
    assert Suggester([ServiceType("X", "G", {"he": ""})]).suggest("בור בכביש") == []


@given(st.text(max_size=3000), st.integers(1, 10))
@settings(max_examples=150, deadline=None)
def test_hostile_text_gives_a_short_ordered_list(text, limit):
    suggestions = suggester().suggest(text, limit)
    assert len(suggestions) <= limit
    assert [each.score for each in suggestions] == sorted((each.score for each in suggestions), reverse=True)
    assert {each.code for each in suggestions} <= set(service_types())


def test_a_suggestion_takes_two_milliseconds_at_most():
    # work done by this thread, the best of three: what others do on the same processor does not count
    def work_s(text):
        started = time.thread_time()
        suggester().suggest(text)
        return time.thread_time() - started

    taken = [min(work_s(text) for _ in range(3)) for _language, _code, text in SENTENCES]
    # nineteen in twenty
    assert sorted(taken)[-len(taken) // 20] <= 0.002


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("deep pothole near the bus stop", "RD-POTHOLE"),
        ("broken bench next to the bus stop", "PRK-FURN"),
        ("בור ליד תחנת אוטובוס", "RD-POTHOLE"),
        ("בור עמוק ליד תחנת האוטובוס", "RD-POTHOLE"),
        ("яма около остановки", "RD-POTHOLE"),
        ("حفرة عميقة قرب موقف الباص", "RD-POTHOLE"),
        ("በአውቶቡስ ማቆሚያ አጠገብ ጉድጓድ", "RD-POTHOLE"),
    ],
)
def test_what_stands_nearby_is_the_place_and_not_the_matter(said, code):
    assert suggester().suggest(said)[0].code == code


def test_a_place_alone_is_read_as_the_matter_rather_than_as_nothing():
    assert [each.code for each in suggester().suggest("ליד תחנת אוטובוס")] == [
        each.code for each in suggester().suggest("תחנת אוטובוס")
    ]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("bags next to the bin", "SAN-AROUND"),
        ("פסולת ליד המכולה", "SAN-AROUND"),
        ("мусор около контейнера", "SAN-AROUND"),
        ("زبالة جنب الحاوية", "SAN-AROUND"),
        ("רכב חונה מול החניה שלי", "ENF-BLOCK"),
        ("car parked opposite my driveway", "ENF-BLOCK"),
    ],
)
def test_what_is_about_nearness_or_stands_before_something_is_still_found(said, code):
    found = [each.code for each in suggester().suggest(said)]
    assert code in found[:2], found


def test_scores_fall_also_where_the_words_of_a_place_are_weighed_twice():
    scores = [each.score for each in suggester().suggest("pothole near the bus stop")]
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "said",
    [
        "fire in the building",
        "the building is on fire",
        "שריפה בבניין",
        "אש בבניין",
        "דליקה בבניין",
        "רכב נשרף ברחוב",
        "הבניין עולה באש",
        "רכב עולה באש",
        "עולה עשן מהבניין",
        "حريق في المبنى",
        "حريق في البناية المجاورة",
        "نيران في المبنى",
        "пожар в здании",
        "በሕንፃ ውስጥ እሳት",
    ],
)
def test_a_fire_is_no_matter_of_ants_lots_bins_or_sewage(said):
    assert found(said) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("fire ants in the yard", "PST-RODENT"),
        ("נמלי אש בגינה", "PST-RODENT"),
        ("סכנת שריפה", "SAN-LOT"),
        ("שריפה במגרש", "SAN-LOT"),
        ("הפח נשרף", "SAN-BIN"),
    ],
)
def test_a_word_of_fire_still_helps_the_matter_it_is_a_part_of(said, code):
    assert found(said)[0] == code
