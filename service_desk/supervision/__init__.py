"""Supervision of public space: inspectors' rounds, checklists, enforcement cases."""
