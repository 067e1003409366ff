"""The log outside the ledger: the folder for everybody, and the mark on other storage."""
