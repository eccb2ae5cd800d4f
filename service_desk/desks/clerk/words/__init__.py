"""Words of the desk for codes, by their subjects. One table each; nothing is concatenated."""

from service_desk.desks.clerk.words.forms import ANY_PROBLEM, NO, OUTCOME, PROBLEM, REJECTION, YES, problem
from service_desk.desks.clerk.words.history import CLOCK, PHOTO, TAB, TOUCH, TOUCH_ICON
from service_desk.desks.clerk.words.messages import (
    CHANNEL,
    CHOSEN,
    DELIVERY,
    DELIVERY_ICON,
    LANGUAGE,
    NOT_SENT,
)
from service_desk.desks.clerk.words.routes import HANDLER, METHOD, WHY_TRIAGE, why_triage
from service_desk.desks.clerk.words.standing import (
    GROUP,
    HOLDER,
    HOLDER_ICON,
    NEW_ANSWER,
    ORDER_STATE,
    STATUS,
    STATUS_ICON,
    VIEW,
    WITH_CONTRACTOR,
    WITH_UNIT,
)

__all__ = [
    "ANY_PROBLEM",
    "CHANNEL",
    "CHOSEN",
    "CLOCK",
    "DELIVERY",
    "DELIVERY_ICON",
    "GROUP",
    "HANDLER",
    "HOLDER",
    "HOLDER_ICON",
    "LANGUAGE",
    "METHOD",
    "NEW_ANSWER",
    "NO",
    "NOT_SENT",
    "ORDER_STATE",
    "OUTCOME",
    "PHOTO",
    "PROBLEM",
    "REJECTION",
    "STATUS",
    "STATUS_ICON",
    "TAB",
    "TOUCH",
    "TOUCH_ICON",
    "VIEW",
    "WHY_TRIAGE",
    "WITH_CONTRACTOR",
    "WITH_UNIT",
    "YES",
    "problem",
    "why_triage",
]
