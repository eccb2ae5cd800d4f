"""Desk of the contractor's phone: the firm's own orders, and what is entered in the field."""

from service_desk.desks.contractor import entries, link_door, list_page, money_page, order_page
from service_desk.desks.contractor.door import desk
from service_desk.desks.contractor.link_door import field

__all__ = ["desk", "entries", "field", "link_door", "list_page", "money_page", "order_page"]
