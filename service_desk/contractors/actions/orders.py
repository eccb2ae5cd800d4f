"""Writes of work orders. Each locks nothing itself: its use-case holds the ticket's lock."""
