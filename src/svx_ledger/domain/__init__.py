"""What may happen on the exchange: commands, events, states and the rules between them.

Pure functions over immutable values, standard library only. Nothing here reads a clock,
a file or a random source: time, identifiers and calendars arrive as data, so that an
auditor can run the same rules over recorded history and must get the same events.
"""
