"""Keshet (קש״ת): the system an Israeli city runs its resident service on."""
