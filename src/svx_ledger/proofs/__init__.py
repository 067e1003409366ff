"""How anyone checks the history without trusting its keeper.

Pure functions over bytes: this room imports the standard library and nothing else of ours, so
that it can be joined into one file and run by somebody who has nothing but Python. Only
`notes.keys` needs more: `cryptography`, loaded when the first signature is made or checked.
"""
