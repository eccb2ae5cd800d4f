"""Sizes of the screens that pages are looked at on."""

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
