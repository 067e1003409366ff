"""The demo: the story it tells, the ledger it leaves, what it shows."""
