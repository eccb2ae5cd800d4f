"""The catalogue's seed data."""
