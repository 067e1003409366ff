"""The verifier as a program of its own, and as one file."""
