"""The Python client, against the real application and through faults of every kind."""
