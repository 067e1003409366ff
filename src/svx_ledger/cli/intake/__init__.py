"""`import`: tenders, grants, proxies and bids from files."""
