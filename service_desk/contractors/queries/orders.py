"""Reads of work orders with their clocks, pauses, proofs and verifications."""
