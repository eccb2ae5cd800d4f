"""What callers send: read strictly where it matters, while fields we do not know are left alone, as the specification asks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from service_desk.desks.open311.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

MAX_ROWS = 1000
MAX_SPAN = timedelta(days=90)
#: with [] behind it as the specification has it, or [0], [1] … as some libraries number a list
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,100})\](?:\[\d{0,4}\])?\Z")
_ADDRESS_ID = re.compile(r"(\d{1,9})(?:-(\d{1,4}))?\Z")


def moment(value: str) -> datetime:
    """Return the instant or date in the W3C's form, naive without an offset. Raises ValueError.

    A «+» that form encoding turned to a space is mended.
    """
    return datetime.fromisoformat(value.strip().replace(" ", "+"))


class Moment(fields.Field):  # type: ignore[type-arg]  # the stored type is plain
    """An instant in the W3C's form; without an offset it is UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ARG002
        try:
            read = moment(str(value))
            return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError("must be an ISO 8601 date and time, as 2026-01-31T00:00:00Z") from None


class Listed(fields.Field):  # type: ignore[type-arg]  # the stored type is plain
    """A comma-separated list."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:  # noqa: ARG002
        return tuple(part for part in (each.strip() for each in str(value).split(",")) if part)


class _Given(Schema):
    """An argument that is empty counts as not given."""

    class Meta:
        """Unknown arguments are the caller's own."""

        unknown = EXCLUDE

    @pre_load
    def drop_empty(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Return the arguments that say something."""
        return {name: value for name, value in data.items() if value and value.strip()}


class ReportSchema(_Given):
    """The fields of POST requests. account_id and device_id are not read at all."""

    api_key = fields.Str(load_default="")
    service_code = fields.Str(required=True, error_messages={"required": "was not provided"})
    lat = fields.Float(validate=validate.Range(-90, 90, error="must be degrees between -90 and 90"))
    long = fields.Float(validate=validate.Range(-180, 180, error="must be degrees between -180 and 180"))
    address_string = fields.Str(load_default="")
    address_id = fields.Str()
    description = fields.Str(load_default="")
    first_name = fields.Str(load_default="")
    last_name = fields.Str(load_default="")
    phone = fields.Str()
    media_url = fields.Str(load_default="")


class FilterSchema(_Given):
    """The filters of GET requests."""

    service_request_id = Listed()
    service_code = Listed(load_default=())
    start_date = Moment()
    end_date = Moment()
    status = Listed(
        load_default=(), validate=validate.ContainsOnly(("open", "closed"), error="must be open or closed")
    )
    page = fields.Int(load_default=1, validate=validate.Range(1, 1_000_000, error="must be 1 or more"))
    page_size = fields.Int(load_default=MAX_ROWS, validate=validate.Range(1, error="must be 1 or more"))


_report, _filters = ReportSchema(), FilterSchema()


def _load(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return dict(schema.load(data))
    except ValidationError as error:
        problems = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise Refused(400, *(f"{name} {_first(words)}" for name, words in problems.items())) from None


def _first(words: Any) -> str:
    while not isinstance(words, str):
        words = next(iter(words.values() if isinstance(words, dict) else words))
    return words if words[0].islower() else f"is not valid: {words}"


def read_report(form: MultiDict[str, str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return (fields, attributes) of a posted report. attributes: code → its values; empty ones count as not given.

    Raises Refused (400).
    """
    attributes: dict[str, list[str]] = {}
    for name in form:
        found = _ATTRIBUTE.match(name)
        values = [value for value in form.getlist(name) if value.strip()] if found else []
        if found and values:
            attributes.setdefault(found[1], []).extend(values)
    return _load(_report, form), attributes


def read_filters(args: MultiDict[str, str], now: datetime) -> dict[str, Any]:
    """Return the filters of a listing, its range of at most 90 days filled in. Raises Refused (400).

    An argument given several times counts as one list. Numbers of requests override all others, right or wrong.
    """
    joined = {name: ",".join(args.getlist(name)) for name in args}
    named = "service_request_id"
    asked = _load(_filters, {named: joined[named]} if joined.get(named, "").strip(", ") else joined)
    start, end = asked.get("start_date"), asked.get("end_date")
    try:
        if start is None:
            start = (end or now) - MAX_SPAN
        if end is None:
            end = max(min(start + MAX_SPAN, now), start)
    except OverflowError:
        raise Refused(400, "start_date and end_date must be dates of this age") from None
    if end < start:
        raise Refused(400, "end_date must not be before start_date")
    if end - start > MAX_SPAN + timedelta(hours=2):  # two ends of a clock change
        raise Refused(400, "start_date and end_date may not span more than 90 days")
    return {**asked, "start_date": start, "end_date": end, "page_size": min(asked["page_size"], MAX_ROWS)}


def read_address_id(address_id: str) -> tuple[int, int | None]:
    """Return (street code, house number) of an address_id. Raises Refused (400): another register's, for one."""
    found = _ADDRESS_ID.match(address_id.strip())
    if found is None:
        raise Refused(400, "address_id was not found")
    return int(found[1]), int(found[2]) if found[2] else None
