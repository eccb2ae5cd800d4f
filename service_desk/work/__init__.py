"""One unit of work: the tenant of each transaction, ids known before the insert, and what rings after commit."""

from service_desk.work.ids import many_ids, many_ticket_numbers, new_id, new_ticket_number
from service_desk.work.moments import ForAMoment
from service_desk.work.rows import gather, put, put_and_get, put_many
from service_desk.work.tenancy import APP_ROLE, as_owner, present_tenant, set_tenant, tenant, tenant_id
from service_desk.work.units import After, let_go, one_at_a_time, set_bell, transaction

__all__ = [
    "APP_ROLE",
    "After",
    "ForAMoment",
    "as_owner",
    "gather",
    "let_go",
    "many_ids",
    "many_ticket_numbers",
    "new_id",
    "new_ticket_number",
    "one_at_a_time",
    "present_tenant",
    "put",
    "put_and_get",
    "put_many",
    "set_bell",
    "set_tenant",
    "tenant",
    "tenant_id",
    "transaction",
]
