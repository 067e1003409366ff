"""Tables of a report, as other programs take them."""
