"""Faults side by side: the same failure behind each proxy, and what its clients see."""
