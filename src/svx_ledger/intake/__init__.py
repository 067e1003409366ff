"""What comes in from outside: files of others, read to the last digit and turned into commands.

Nothing in a file is trusted and nothing is guessed: what cannot be taken is rejected with its
place and a reason, and the rest goes on. The rules decide on what is taken, as on everything
else, and the same file given again writes nothing.

- `documents`, `exact`: JSON and JSON lines, bounded; `rows`: CSV
- `parts`, `stating`: from plain values to what is recorded as stated
- `releases`, `ocds`, `observing`: procurement elsewhere
- `grants`, `grant_rows`, `areas`, `recipients`, `granting`: projects and needs from 360Giving
- `proxy_rows`, `proxies`: tables of what one unit of a measure is worth
- `bid_history`, `bid_rows`, `sealed_rows`: bid histories; `replay_setting`, `replay`: played
  again through the rules
- `tally`: what an import came to; `naming`, `giving`: names and ids that follow from the source
"""
