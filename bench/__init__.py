"""Measures of speed and memory against floors in the same run."""
