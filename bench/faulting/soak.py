"""Faults at random behind one proxy for a long time: nothing fails, and neither memory nor sockets grow."""
def soak(*_): raise RuntimeError("not yet")
