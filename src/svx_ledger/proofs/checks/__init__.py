"""The checks: each holds what was handed over to signed heads, and says what it found."""
