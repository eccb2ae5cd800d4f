"""Ready wordings that a city starts with."""
