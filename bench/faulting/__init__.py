"""Faults, side by side: the same breakage behind each proxy, and what its clients see of it."""
