"""Tables of messages: what goes out, what comes in, what people chose, and the words."""

from service_desk.messages.models.choices import Consent, PhoneCode, Preference
from service_desk.messages.models.incoming import Conversation, Inbound
from service_desk.messages.models.outgoing import Attempt, Message, Receipt
from service_desk.messages.models.words import Approval, ReplyTemplate, Wording

__all__ = [
    "Approval",
    "Attempt",
    "Consent",
    "Conversation",
    "Inbound",
    "Message",
    "PhoneCode",
    "Preference",
    "Receipt",
    "ReplyTemplate",
    "Wording",
]
