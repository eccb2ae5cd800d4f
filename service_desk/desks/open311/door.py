"""The doors of Open311 GeoReport v2. Writes call the same use-case as the web form."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, request
from flask_babel import get_locale

from service_desk import clock, config
from service_desk import work as unit
from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import check_answers
from service_desk.city import kept
from service_desk.desks import failures
from service_desk.desks.open311 import reads, refusals, schemas, shown
from service_desk.desks.open311.answers import fitted
from service_desk.desks.open311.formats import answer, errors
from service_desk.desks.open311.keys import KEYS
from service_desk.desks.open311.refusals import Refused
from service_desk.desks.open311.saying import said_of
from service_desk.errors import BadInput, Conflict, NotFound
from service_desk.extensions import db
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
_KEY_CHARS = 255
#: a report of words alone is far smaller; the limit of the house is for photos
_MOST_BYTES = 1024 * 1024
desk = Blueprint("open311", __name__, url_prefix="/open311")


def _both(path: str) -> tuple[str, str]:
    """Return a path with its format as an ending, and without (then the Accept header decides)."""
    return f"{path}.<any(json, xml):extension>", path


@desk.before_request
def _choose_jurisdiction() -> None:
    """A named jurisdiction selects the authority; without one it stays the host's."""
    request.max_content_length = _MOST_BYTES
    named = request.args.get("jurisdiction_id") or (
        request.form.get("jurisdiction_id") if request.method == "POST" else None
    )
    if not named or not named.strip():
        return
    asked = named.strip().casefold()
    found = next((each for each in kept.authorities() if each.jurisdiction.casefold() == asked), None)
    if found is None:
        raise refusals.no_jurisdiction()
    g.authority = found
    unit.set_tenant(found.id)


@desk.after_request
def _open_to_pages(response: Response) -> Response:
    """Let any web page read what anybody may read; never an answer to somebody who named a key."""
    if request.method in {"GET", "HEAD"} and "api_key" not in request.args:
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.update(("Accept", "Accept-Language"))
    return response


@desk.errorhandler(Refused)
def _refused(refused: Refused) -> ResponseReturnValue:
    db.session.rollback()
    return errors([(refused.status, words) for words in refused.problems], refused.status)


failures.renders(
    "open311",
    lambda status, sentence: errors([(status, refusals.BY_STATUS.get(status, sentence))], status),
)


def discovery(**_format: str) -> Response:
    """Say what this endpoint speaks, where it is, and how to get a key."""
    here, is_demo = kept.authority(), config.current().is_demo
    changeset = f"{here.data_version:08d}"
    base = kept.public_base_url()
    key_service = "A key is made by the city's administrator."
    return answer(
        "discovery",
        {
            "changeset": changeset,
            "contact": f"{here.hotline}, {base}/",
            "key_service": "In this demonstration the api_key is: demo" if is_demo else key_service,
            "endpoints": [
                {
                    "specification": SPECIFICATION,
                    "url": f"{base}/open311/v2",
                    "changeset": changeset,
                    "type": "test" if is_demo else "production",
                    "formats": ["text/xml", "application/json"],
                }
            ],
        },
    )


def services(**_format: str) -> Response:
    """List every service type of the authority."""
    return answer("services", [shown.service(each) for each in catalogue().types.values()])


def service(code: str, **_format: str) -> Response:
    """Give a service's questions."""
    if code not in catalogue().types:
        raise refusals.no_service()
    return answer("service_definition", shown.definition(catalogue().types[code]))


def requests(**_format: str) -> Response:
    """List public requests by the caller's filters."""
    asked = schemas.read_filters(request.args, clock.now())
    references = asked.get("service_request_id")
    rows = reads.by_references(references) if references else reads.listed(asked)
    return answer("service_requests", [shown.request(row) for row in rows])


def one_request(reference: str, **_format: str) -> Response:
    """Give one public request."""
    rows = reads.by_references((reference,))
    if not rows:
        raise refusals.no_request()
    return answer("service_requests", [shown.request(rows[0])])


def token(token: str, **_format: str) -> Response:
    """Give the request's number behind a token."""
    reference = shown.reference_of_token(token)
    if reference is None:
        raise Refused(404, "token provided was not found")
    return answer("service_requests", [{"service_request_id": reference, "token": token}])


def post_request(**_format: str) -> Response:
    """Take a report in. The key is asked first, so that nobody without one learns anything."""
    key_id = KEYS.check(request.form.get("api_key") or request.args.get("api_key") or "")
    KEYS.count(key_id)
    given, attributes = schemas.read_report(request.form)
    if given["service_code"] not in catalogue().types:
        raise refusals.no_service()
    kind = catalogue().types[given["service_code"]]
    answers = fitted(kind, attributes)
    _clean, problems = check_answers(kind, answers)
    if problems:
        raise refusals.attributes(problems)
    said = said_of(given, answers, kind, str(get_locale()), _submission_key(key_id))
    try:
        received = receive_report(said, Actor("api", key_id))
    except Conflict:
        raise Refused(400, "the Idempotency-Key was used for another request") from None
    except (BadInput, NotFound) as error:
        raise Refused(400, f"the request could not be taken: {error.key}") from None
    made: dict[str, Any] = {
        "service_request_id": received.reference,
        "service_notice": shown.notice(received.centre_id, received.resolve_due_at),
        "account_id": None,
        "token": shown.token_of(received.reference),
    }
    return answer("service_requests", [made], 201)


def _submission_key(key_id: int) -> str:
    """Return what makes a repeated call one report: the caller's own word within its key, or a fresh one."""
    own = request.headers.get("Idempotency-Key", "")
    if len(own) > _KEY_CHARS or not own.isprintable():
        raise Refused(400, "Idempotency-Key must be at most 255 printable characters")
    return f"api:{key_id}:{own}" if own else f"api:{secrets.token_hex(16)}"


for _path, _view in (
    ("/discovery", discovery),
    ("/v2/discovery", discovery),
    ("/v2/services", services),
    ("/v2/services/<code>", service),
    ("/v2/requests", requests),
    ("/v2/requests/<reference>", one_request),
    ("/v2/tokens/<token>", token),
):
    for _rule in _both(_path):
        desk.add_url_rule(_rule, view_func=_view, methods=["GET"], strict_slashes=False)
for _rule in _both("/v2/requests"):
    desk.add_url_rule(_rule, view_func=post_request, methods=["POST"], strict_slashes=False)
