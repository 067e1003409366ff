"""The audit held to what it promises: planted breaches are found, clean histories are clean."""
