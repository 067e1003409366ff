"""The change feed: what happened, in the order of the log, as each may see it."""
