"""Writes of contracts and work orders."""
