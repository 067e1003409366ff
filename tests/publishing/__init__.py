"""Publishing: the log outside the ledger."""
