"""Leverage: how much reached local projects for what was spent, to be recomputed by anybody.

- `facts`, `delivery`: the tables that reports rest on, one projection each
- `scope`: whose leverage, and what is divided by; `in_force`: what of it holds at a time
- `lines`: what one supplier offers to one need, valued through the stages
- `exclusions`, `flags`: what is not in the figures; what is, and should be looked at
- `figures`: numbers that carry their full name
- `report`: every stage against every denominator
- `listing`, `whole`: the same in rows, and as the one object that is handed on
"""
