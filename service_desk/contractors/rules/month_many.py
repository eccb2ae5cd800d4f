"""Allowance, step-up and cap over many months of one contract at once. Line by line the same as `month.assess`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service_desk.contractors.rules import METRICS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service_desk.contractors.rules.columns import BreachColumns
    from service_desk.contractors.rules.contract import ContractTerms

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class MonthColumns:
    """Lines in the order of month and happening. metric: index into METRICS. month: years × 12 + month − 1."""

    month: Ints
    metric: Ints
    order: Ints
    is_free: NDArray[np.bool_]
    stepped_agorot: Ints
    charged_agorot: Ints


def assess_many(breaches: BreachColumns, order_id: Ints, terms: ContractTerms) -> MonthColumns:
    """Return the lines of all months. order_id: ids by position, which settle ties as `month.assess` does."""
    # `month.assess` compares metrics by name.
    names = np.argsort(np.argsort(np.array(METRICS)))[breaches.metric]
    rank = np.lexsort((breaches.round, names, order_id[breaches.order], breaches.breached, breaches.month))
    month, metric, amount = breaches.month[rank], breaches.metric[rank], breaches.amount_agorot[rank]
    allowance, step, most = (
        _of_prices(terms, name) for name in ("allowance", "step_percent", "step_max_percent")
    )
    counts = ~breaches.is_rest[rank]
    nth = np.zeros(len(month), dtype=np.int64)
    nth[counts] = _counted((month * len(METRICS) + metric)[counts]) + 1
    is_free = counts & (nth <= allowance[metric])
    turn = np.maximum(nth - allowance[metric] - 1, 0)
    percent = np.minimum(step[metric] * turn, most[metric])
    stepped = np.where(is_free, 0, amount * (100 + percent) // 100)
    charged = np.clip(terms.cap_agorot - _before(month, stepped), 0, stepped)
    return MonthColumns(month, metric, breaches.order[rank], is_free, stepped, charged)


def _of_prices(terms: ContractTerms, name: str) -> Ints:
    prices = [terms.price(metric) for metric in METRICS]
    return np.array([getattr(each, name) if each else 0 for each in prices], dtype=np.int64)


def _counted(keys: Ints) -> Ints:
    """Return how many equal keys came before each."""
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    starts = np.concatenate(([True], ranked[1:] != ranked[:-1])) if len(keys) else np.zeros(0, dtype=bool)
    first = np.maximum.accumulate(np.where(starts, np.arange(len(keys)), 0))
    counts = np.empty(len(keys), dtype=np.int64)
    counts[order] = np.arange(len(keys)) - first
    return counts


def _before(month: Ints, amount: Ints) -> Ints:
    """Return the sum of the amounts ahead of each line in its month. month: rising."""
    ahead = np.cumsum(amount) - amount
    starts = np.searchsorted(month, month, side="left")
    return ahead - ahead[starts] if len(month) else ahead
