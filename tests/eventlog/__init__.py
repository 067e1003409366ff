"""The event log, on bytes and on both stores."""
