"""What is said, in the reader's language, without asking for each word which language that is.

A page says some three hundred words. Flask-Babel finds the reader's language anew for each of them, and Jinja's own
gettext formats each one: together a third of a page's time. Here both happen once a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask.globals import _cv_app
from flask_babel import Domain, get_locale
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from markupsafe import Markup, escape

from service_desk.extensions import babel

if TYPE_CHECKING:
    from flask import Flask
    from jinja2.nodes import EvalContext

#: (code, its own name) of the languages we speak, and those written from the right
LANGUAGES = (("he", "עברית"), ("ar", "العربية"), ("ru", "Русский"), ("en", "English"), ("am", "አማርኛ"))
RTL = frozenset({"he", "ar"})


class KeptDomain(Domain):
    """Keeps the chosen translations where Flask-Babel keeps the chosen language.

    `force_locale` and `refresh` empty that place with the language itself, so nobody is answered in another's words.
    """

    def get_translations(self) -> Any:
        """Return the translations of the reader's language; of none outside an application context."""
        # Asked hundreds of times a page, so the context is looked up where Flask keeps it, not through a proxy.
        context = _cv_app.get(None)
        here = context.g if context is not None else None
        kept = getattr(getattr(here, "_flask_babel", None), "babel_translations", None)
        if kept is None:
            kept = super().get_translations()
            kept.spoken = str(get_locale() or "")
            kept.__dict__.setdefault("marked", {})  # a language's catalogue is one for all requests
            if here is not None:
                here._flask_babel.babel_translations = kept  # noqa: SLF001 — made by the call above
        return kept


_domain = KeptDomain()


def spoken() -> str:
    """Return the code of the reader's language, e.g. «he»; '' outside an application context."""
    return str(_domain.get_translations().spoken)


@pass_eval_context
def _gettext(where: EvalContext, words: str, /, **values: Any) -> str:
    spoken_here = _domain.get_translations()
    if values or not where.autoescape:
        return _filled(spoken_here.ugettext(words), values, is_html=bool(where.autoescape))
    said = spoken_here.marked.get(words)
    if said is None:
        said = spoken_here.marked[words] = _filled(spoken_here.ugettext(words), values, is_html=True)
    return cast("str", said)


@pass_eval_context
def _ngettext(where: EvalContext, one: str, many: str, num: int, /, **values: Any) -> str:
    said = _domain.get_translations().ungettext(one, many, num)
    return _filled(said, {"num": num} | values, is_html=bool(where.autoescape))


def _filled(said: str, values: dict[str, Any], *, is_html: bool) -> str:
    """Return a translation with its values; what is put into HTML is escaped, the translation itself is ours."""
    if not values and "%" not in said:
        return Markup(said) if is_html else said  # noqa: S704 — a catalogue's words, reviewed as code is
    return (Markup(said) if is_html else said) % values  # noqa: S704 — the same; its values are escaped


class Later(LazyString):
    """Words of a table, said when they are shown: a string to Python, and to a template in one look-up, not two."""

    def __html__(self) -> Markup:
        """Return the words in the reader's language, escaped."""
        return escape(str(self))


def later(words: str, **values: Any) -> Later:
    """Return words to be said in the language of whoever will read them. Import it as `_`, for extraction."""
    return Later(_said, words, **values)


def _said(words: str, /, **values: Any) -> str:
    said = str(_domain.get_translations().ugettext(words))
    return said % values if values else said


def init_app(app: Flask) -> None:
    """Let Python's words and the templates' go through one kept look-up."""
    babel.domain_instance = _domain
    app.jinja_env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)
