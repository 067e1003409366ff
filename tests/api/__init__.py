"""The HTTP API: its routes, its words, its document, and who may ask what."""
