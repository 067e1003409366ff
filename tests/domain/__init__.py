"""The rules, held to examples on either side of each boundary."""
