"""One SQL text that makes cases: how each promise of a ticket is counted now, from the ticket, its clocks and its history.

The same text counts a few tickets and all of them, so a rebuild cannot come to another result. A round is a promise
and all that happened until the next reopening: the event that reopens begins it.
"""

from __future__ import annotations

from service_desk.reports.rules.cells import COLUMNS, ROWS, STRIDE

ZONE = "Asia/Jerusalem"
#: columns of figures_cases in the table's order, as the text gives them; is_repeat is decided afterwards
COLUMN_NAMES = (
    "authority_id", "ticket_id", "round", "centre_id", "area_code", "service_code", "handler_kind", "unit_id",
    "is_open", "is_hazard", "is_sensitive", "opened_at", "opened_day", "started_at", "due_at", "calendar_id",
    "promised_minutes", "due_day", "is_met", "is_late", "breached_day", "done_at", "done_day", "took_minutes",
    "over_minutes", "came_back", "said", "answered_day", "answer_minutes", "ended_day", "without_work", "held_centre",
    "held_unit", "held_contractor", "held_outside", "held_resident", "told_half_minutes", "told_most_minutes",
    "lon", "lat", "place_cell",
)  # fmt: skip
KEY = ("authority_id", "ticket_id", "round")
#: which tickets: by their ids, or all ids from one to another (whole numbers, written into the text so that it is planned for them)
BY_IDS = "{column} = ANY(CAST(:ids AS bigint[]))"


def in_range(first: int, last: int) -> str:
    """Return the condition of the tickets whose ids lie from first to last."""
    return f"{{column}} BETWEEN {int(first)} AND {int(last)}"


def cases_sql(which: str) -> str:
    """Return a SELECT of COLUMN_NAMES, a row a case. which: BY_IDS or in_range. Parameters: here (authority), ids."""
    return _CASES.format(
        of_tickets=which.format(column="t.id"),
        of_clocks=which.format(column="c.ticket_id"),
        of_answers=which.format(column="a.ticket_id"),
        of_events=which.format(column="e.ticket_id"),
        zone=ZONE,
        rows=ROWS,
        columns=COLUMNS,
        stride=STRIDE,
        **{f"held_{kind}": _held(kind) for kind in ("centre", "unit", "contractor", "outside", "resident")},
    )


def _held(kind: str) -> str:
    """Return whole seconds that one kind of holder held in a round until it was done, summed exactly in microseconds."""
    return f"coalesce(sum(micros) FILTER (WHERE holder_kind = '{kind}'), 0)::bigint / 1000000 AS held_{kind}"


# Clocks stop at whole seconds: work is done no sooner than it was asked for, all the same.
# Done: the promise was answered, and not by a refusal or a merge, which may leave a promise behind that was broken
# already. Of two acts at once the later one may be dated earlier: its turn begins with the other's (tickets.ball).
_CASES = """
WITH round AS MATERIALIZED (
    SELECT t.authority_id, t.id AS ticket_id, coalesce(c.round, 0)::smallint AS round, t.centre_id, t.area_code, t.service_code,
        t.handler_kind, t.unit_id, t.status, t.is_open, t.is_hazard, t.is_sensitive, t.outcome, t.opened_at, t.closed_at, t.lon, t.lat,
        c.minutes, c.started_at, c.due_at, c.calendar_id, c.stopped_at, c.paused_at, c.result, c.breached_at,
        a.started_at AS looked_from, a.stopped_at AS looked_at, a.result AS look,
        row_number() OVER by_round = 1 AS is_first, lead(c.round) OVER by_round IS NULL AS is_last
    FROM tickets t
    LEFT JOIN clocks c ON c.authority_id = t.authority_id AND c.ticket_id = t.id AND c.kind = 'resolve' AND {of_clocks}
    LEFT JOIN clocks a ON a.authority_id = t.authority_id AND a.ticket_id = t.id AND a.kind = 'acknowledge'
        AND a.round = coalesce(c.round, 0) AND {of_answers}
    WHERE t.authority_id = :here AND {of_tickets}
    WINDOW by_round AS (PARTITION BY t.id ORDER BY c.round)
), walked AS (
    SELECT e.ticket_id, e.seq, e.kind, e.holder_kind, max(e.at) OVER history AS at,
        count(*) FILTER (WHERE e.kind = 'reopened') OVER history AS round,
        CASE WHEN e.kind = 'reopened' THEN lag(e.status) OVER history END AS from_status,
        CASE WHEN e.kind IN ('reopened', 'confirmed') THEN e.data ->> 'by' END AS by,
        CASE WHEN e.seq = 1 THEN e.data -> 'told_half_minutes' END AS told_half,
        CASE WHEN e.seq = 1 THEN e.data -> 'told_most_minutes' END AS told_most
    FROM ticket_events e WHERE e.authority_id = :here AND {of_events}
    WINDOW history AS (PARTITION BY e.ticket_id ORDER BY e.seq)
), turn AS (
    SELECT *, lead(at) OVER (PARTITION BY ticket_id ORDER BY seq) AS until FROM walked
), act AS MATERIALIZED (
    SELECT ticket_id, round, bool_or(kind = 'confirmed' AND by = 'resident') AS is_confirmed,
        min(from_status) AS from_status, min(by) FILTER (WHERE kind = 'reopened') AS by,
        min(told_half::integer) AS told_half, min(told_most::integer) AS told_most,
        {held_centre}, {held_unit}, {held_contractor}, {held_outside}, {held_resident}
    FROM (
        SELECT turn.ticket_id, turn.round, turn.kind, turn.by, turn.holder_kind, turn.from_status, turn.told_half, turn.told_most,
            CASE WHEN r.result IN ('met', 'missed') AND least(coalesce(turn.until, r.stopped_at), r.stopped_at) > greatest(turn.at, r.started_at)
                THEN round(date_part('epoch', least(coalesce(turn.until, r.stopped_at), r.stopped_at) - greatest(turn.at, r.started_at)) * 1000000)::bigint
            END AS micros
        FROM turn LEFT JOIN round r ON r.ticket_id = turn.ticket_id AND r.round = turn.round
    ) part GROUP BY ticket_id, round
), lived AS (
    SELECT r.*, act.is_confirmed, act.told_half, act.told_most,
        act.held_centre, act.held_unit, act.held_contractor, act.held_outside, act.held_resident,
        lead(act.by) OVER later AS reopened_by,
        CASE WHEN r.is_last THEN r.status ELSE lead(act.from_status) OVER later END AS end_status,
        r.result IN ('met', 'missed') AS is_answered,
        r.stopped_at IS NULL AND r.paused_at IS NULL AND r.breached_at IS NOT NULL AS is_overdue
    FROM round r LEFT JOIN act ON act.ticket_id = r.ticket_id AND act.round = r.round
    WINDOW later AS (PARTITION BY r.ticket_id ORDER BY r.round)
), judged AS (
    SELECT *, coalesce(is_answered AND coalesce(end_status, '') NOT IN ('rejected', 'duplicate'), false) AS is_done,
        status = 'duplicate' AS is_merged, is_last AND status IN ('closed', 'rejected') AS has_ended,
        look IN ('met', 'missed') AND status <> 'duplicate' AS has_looked,
        greatest(stopped_at, opened_at) AS worked_at
    FROM lived
)
SELECT authority_id, ticket_id, round, centre_id, area_code, service_code, handler_kind, unit_id,
    is_open AND is_last AS is_open, is_hazard, is_sensitive, opened_at,
    CASE WHEN is_first THEN (opened_at AT TIME ZONE '{zone}')::date END AS opened_day,
    started_at, due_at, calendar_id, minutes AS promised_minutes,
    CASE WHEN is_answered OR is_overdue THEN (due_at AT TIME ZONE '{zone}')::date END AS due_day,
    coalesce(result = 'met', false) AS is_met,
    is_overdue AND is_open AND is_last AS is_late,
    CASE WHEN result IS DISTINCT FROM 'void' THEN (breached_at AT TIME ZONE '{zone}')::date END AS breached_day,
    CASE WHEN is_done THEN worked_at END AS done_at,
    CASE WHEN is_done THEN (worked_at AT TIME ZONE '{zone}')::date END AS done_day,
    CASE WHEN is_done THEN greatest(0, floor(date_part('epoch', stopped_at - started_at) / 60))::integer END AS took_minutes,
    CASE WHEN result = 'missed' AND stopped_at > due_at
        THEN floor(date_part('epoch', stopped_at - due_at) / 60)::integer END AS over_minutes,
    is_done AND NOT is_last AS came_back,
    CASE WHEN NOT is_done THEN NULL WHEN reopened_by = 'resident' THEN 'no' WHEN is_confirmed THEN 'yes' END AS said,
    CASE WHEN has_looked THEN (looked_at AT TIME ZONE '{zone}')::date END AS answered_day,
    CASE WHEN has_looked THEN greatest(0, floor(date_part('epoch', looked_at - looked_from) / 60))::integer END AS answer_minutes,
    CASE WHEN has_ended THEN (closed_at AT TIME ZONE '{zone}')::date END AS ended_day,
    has_ended AND (status = 'rejected' OR coalesce(outcome, '') = 'nothing_found') AS without_work,
    CASE WHEN is_done THEN coalesce(held_centre, 0) ELSE 0 END AS held_centre,
    CASE WHEN is_done THEN coalesce(held_unit, 0) ELSE 0 END AS held_unit,
    CASE WHEN is_done THEN coalesce(held_contractor, 0) ELSE 0 END AS held_contractor,
    CASE WHEN is_done THEN coalesce(held_outside, 0) ELSE 0 END AS held_outside,
    CASE WHEN is_done THEN coalesce(held_resident, 0) ELSE 0 END AS held_resident,
    CASE WHEN is_first THEN told_half END AS told_half_minutes,
    CASE WHEN is_first THEN told_most END AS told_most_minutes,
    lon, lat,
    CASE WHEN NOT is_merged THEN floor((lat + 90) * {rows})::bigint * {stride} + floor((lon + 180) * {columns})::bigint END AS place_cell
FROM judged
"""
ORDER_COLUMNS = (
    "authority_id", "order_id", "ticket_id", "unit_id", "service_code", "area_code", "issued_day", "due_day", "is_met",
    "done_day", "took_minutes", "failed", "is_refused", "is_repeat", "is_open",
)  # fmt: skip


def orders_sql(which: str) -> str:
    """Return a SELECT of ORDER_COLUMNS, a row a work order of these tickets. which, parameters: as for `cases_sql`."""
    return _ORDERS.format(of_orders=which.format(column="o.ticket_id"), zone=ZONE)


# The duty to complete; a refused or cancelled order's is taken back. Time taken is wall time from issue to «done».
_ORDERS = """
SELECT o.authority_id, o.id AS order_id, o.ticket_id, o.unit_id, o.service_code, o.area_code,
    (o.issued_at AT TIME ZONE '{zone}')::date AS issued_day,
    CASE WHEN k.result IN ('met', 'missed') OR k.stopped_at IS NULL AND k.paused_at IS NULL AND k.breached_at IS NOT NULL
        THEN (k.due_at AT TIME ZONE '{zone}')::date END AS due_day,
    coalesce(k.result = 'met', false) AS is_met,
    (o.done_at AT TIME ZONE '{zone}')::date AS done_day,
    greatest(0, floor(date_part('epoch', o.done_at - o.issued_at) / 60))::integer AS took_minutes,
    o.failed_count AS failed, o.state = 'refused' AS is_refused, o.repeat_of_id IS NOT NULL AS is_repeat, o.is_open
FROM work_orders o
LEFT JOIN order_clocks k ON k.authority_id = o.authority_id AND k.order_id = o.id AND k.kind = 'complete'
WHERE o.authority_id = :here AND {of_orders}
"""
