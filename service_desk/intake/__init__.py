"""Intake: what was said, exactly as said; photos; «is it known already?»."""
