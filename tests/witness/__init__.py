"""The witness: its rules, its state, its process."""
