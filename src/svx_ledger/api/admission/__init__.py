"""Who is let in: whose key it is, how often and how many at once, and whose turn it is."""
