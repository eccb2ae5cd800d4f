"""Keshet on one machine: a real PostgreSQL and Valkey from wheels, the web, the worker and the timers, under one command."""
