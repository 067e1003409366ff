"""Signed notes: keys, checkpoints, cosignatures, and whom a verifier trusts."""
