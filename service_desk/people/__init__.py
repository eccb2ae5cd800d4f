"""People: residents, staff, roles and abilities, sessions, API keys, the access log."""
