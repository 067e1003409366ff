"""A witness: it cosigns the heads of a log that only grows, for whoever trusts it.

Run by somebody who is not the operator of the log. It speaks C2SP tlog-witness v1.0.0.
"""
