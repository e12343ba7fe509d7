"""The side-by-side benchmark: Python's standard library, /proc, and the programs it compares."""
