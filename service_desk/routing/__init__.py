"""Routing: which centre and which handler, as an explained decision."""
