"""What checks came to, in lines for a person."""
