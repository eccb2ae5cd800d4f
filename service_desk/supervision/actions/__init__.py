"""Writes of supervision: rounds and their stops, cases and their history."""
