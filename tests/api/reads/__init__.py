"""Reading over HTTP: the same answers as the program's, and what HTTP adds to them."""
