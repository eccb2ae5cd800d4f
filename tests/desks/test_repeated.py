"""What is kept between words and pages is never said in another's language, nor unescaped."""

from __future__ import annotations

from flask_babel import force_locale, gettext
from markupsafe import Markup, escape

from service_desk.desks.repeated import Same, kept
from service_desk.desks.speech import later, spoken


def test_a_forced_language_is_spoken_and_then_the_reader_s_own_again(app):
    with app.test_request_context("/?lang=en"), app.app_context():
        assert (spoken(), gettext("Today")) == ("en", "Today")
        with force_locale("he"):
            assert (spoken(), gettext("Today")) == ("he", "היום")
        assert (spoken(), gettext("Today")) == ("en", "Today")


def test_words_of_a_table_follow_the_reader_in_python_and_in_a_template(app):
    word = later("Today")
    with app.test_request_context("/"), app.app_context():
        for language, said in (("he", "היום"), ("en", "Today")):
            with force_locale(language):
                assert (str(word), escape(word)) == (said, Markup(said))


def test_a_kept_macro_is_made_once_for_each_language_and_argument(app):
    made = []

    def macro(name):
        made.append((spoken(), name))
        return f"{spoken()}:{name}"

    piece = kept(macro)
    with app.test_request_context("/"), app.app_context():
        for language in ("he", "en", "he", "en"):
            with force_locale(language):
                assert piece("a") == f"{language}:a"
    assert made == [("he", "a"), ("en", "a")]


def test_markup_and_the_same_letters_as_text_are_kept_apart(app):
    piece = kept(lambda name: str(escape(name)))
    with app.test_request_context("/"):
        assert piece(Markup("<b>")) == "<b>"
        assert piece("<b>") == "&lt;b&gt;"


def test_a_large_thing_is_the_same_only_as_itself():
    thing, twin = {"a": 1}, {"a": 1}
    assert Same(thing) == Same(thing)
    assert Same(thing) != Same(twin)
    assert Same(thing) != thing
