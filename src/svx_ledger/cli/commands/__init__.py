"""A verb for each command, made from its own fields."""
