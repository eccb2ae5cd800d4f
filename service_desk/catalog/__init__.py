"""Catalog: service groups and types, their questions, and a type suggested from free text."""
