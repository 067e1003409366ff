"""The questions that people bring on day one, one function each, by who brings them.

A question is asked of one moment of the views and, where it matters who asks, for a viewer
(None: the public). Its answer is rows, and each row carries the log positions that it follows
from. What the viewer may not see yet is not in them, nor in a count or a sum.

- authority: `authority`, `notices`, `duties`, `unmet_needs`, `rate_pledges`
- auditor: `auditor`, `departures`, `auditor_persons`, `corrected`, `sample`, `screens`
- evaluator: `evaluator`, `evidence`, `beneficiaries`, with `suppression`
- supplier: `supplier`, `feedback`, `duties`; community: `community`, `deliveries`
- `screen`, `screens_bids`, `screens_delivery`, `screens_chance`: what each screen looks at
- `auction_marks`, `contract_marks`, `body_marks`: the tables that only questions read
- `catalogue`: every question, by its verb; `parameters`: what questions are asked about
- `asking`, `closes`: what several questions ask together
"""
