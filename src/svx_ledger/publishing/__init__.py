"""Publishing: the log outside the ledger, signed, witnessed, and served to everybody."""
