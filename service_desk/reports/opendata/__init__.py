"""What the city publishes of its requests: columns, rows rounded and thinned by the database, and figures by month. See docs/open-data.md."""
