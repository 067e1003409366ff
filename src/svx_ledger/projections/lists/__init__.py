"""Lists of things by their names: one row of a view each, filtered, in pages.

- `listing`: what a list is, and a page of one
- `parties`: organisations, who may act for them, and their API keys
- `bought`: procurements, contracts and pledges
- `offered`: projects and proxy sets
- `catalogue`: all of them
"""
