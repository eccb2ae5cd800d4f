"""The founding city's rows, ready to be inserted."""
