"""A small carrier on the loopback, with a ledger: it speaks as much of Twilio's Messages API as we use.

with Carrier(auth_token) as carrier:
    carrier.next_answers("429", "ok")            # what the coming create calls meet; ok when the list is empty
    ...                                            # point TWILIO_API_BASE at carrier.address
    assert len(carrier.ledger) == 1
    carrier.call_back(post, carrier.ledger[0], "delivered")
"""

from fake_carrier.carrier import Carrier, Kept

__all__ = ["Carrier", "Kept"]
