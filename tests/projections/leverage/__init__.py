"""Tests of svx_ledger.projections.leverage."""
