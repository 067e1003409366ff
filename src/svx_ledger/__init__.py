"""An event-sourced auction ledger for the UK Social Value Exchange."""

__version__ = "0.1.0.dev0"
