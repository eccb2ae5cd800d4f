"""Tickets: the work item, one table of allowed moves, an append-only history, who holds the ball."""
