"""Desks: the doors, one blueprint per audience. They translate and call one use-case of flow."""
