"""Reads of supervision: checklists and rounds, cases."""
