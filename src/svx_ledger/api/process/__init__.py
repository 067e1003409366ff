"""The process that serves: how it starts, listens, writes its log, and ends."""
