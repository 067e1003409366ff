"""How a process is: alive, ready, and its numbers."""
