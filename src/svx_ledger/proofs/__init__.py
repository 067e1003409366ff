"""How anyone checks the history without trusting its keeper.

Pure functions over bytes: this room imports the standard library and nothing else of ours, so
that it can be copied out and run by somebody who has nothing but Python. Only `keys` needs
more: `cryptography`, for signatures, which it loads when the first is made or checked.
"""
