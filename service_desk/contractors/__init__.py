"""Contractors: contracts, work orders, evidence, verification, agreed damages, statements."""
