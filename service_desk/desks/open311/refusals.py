"""Refusals in the specification's words and statuses."""

from __future__ import annotations


class Refused(Exception):
    """A call that cannot be answered. problems: a sentence each, all with the same status (400, 403, 404, 429)."""

    def __init__(self, status: int, *problems: str) -> None:
        super().__init__(*problems)
        self.status, self.problems = status, problems


#: why an answer to a question cannot be taken
ATTRIBUTE_PROBLEMS = {
    "required": "is required and was not provided",
    "unknown": "is not an attribute of this service",
    "not_text": "must be text",
    "too_long": "is too long",
    "not_number": "must be a number",
    "not_date": "must be an ISO 8601 date",
    "not_boolean": "must be true or false",
    "not_option": "must be one of the keys of the service definition",
}


#: what the whole house refuses, in an interface's words: nobody here has a page open or photos to send
BY_STATUS = {
    404: "nothing is found at this address",
    405: "this address does not take this method",
    413: "the request is larger than 1 MB",
    503: "the service does not answer right now; try again in 30 seconds",
}


def no_jurisdiction() -> Refused:
    """Return the refusal of an unknown jurisdiction_id."""
    return Refused(404, "jurisdiction_id provided was not found")


def no_service() -> Refused:
    """Return the refusal of an unknown service_code."""
    return Refused(404, "service_code provided was not found")


def no_request() -> Refused:
    """Return the refusal of an unknown, or not public, service_request_id."""
    return Refused(404, "service_request_id provided was not found")


def bad_key() -> Refused:
    """Return the refusal of a missing, unknown or revoked key; all look the same."""
    return Refused(403, "api_key is missing or invalid")


def too_many() -> Refused:
    """Return the refusal of a key that wrote more than its share of the minute."""
    return Refused(429, "too many requests with this api_key; try again in a minute")


def attributes(problems: dict[str, str]) -> Refused:
    """Return the refusal of attributes. problems: {question code: code of the problem}."""
    return Refused(
        400, *(f"attribute[{code}] {ATTRIBUTE_PROBLEMS.get(why, why)}" for code, why in problems.items())
    )
