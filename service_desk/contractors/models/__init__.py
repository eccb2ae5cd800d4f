"""Tables of contractors: contracts, work orders, money and links."""

from service_desk.contractors.models.contracts import Contract
from service_desk.contractors.models.field import FieldLink, OrderEntry, Proof, Verification
from service_desk.contractors.models.money import Damage, Statement
from service_desk.contractors.models.orders import OrderClock, OrderPause, WorkOrder

__all__ = [
    "Contract",
    "Damage",
    "FieldLink",
    "OrderClock",
    "OrderEntry",
    "OrderPause",
    "Proof",
    "Statement",
    "Verification",
    "WorkOrder",
]
