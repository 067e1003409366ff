"""Replay, held against a naive fold from the first event."""
