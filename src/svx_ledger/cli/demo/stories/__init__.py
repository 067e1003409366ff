"""The parts of the demo's story, each with its own subject. All of it is invented.

- `estates`: the worked example; `lighting`, `recovery`: what is under way when it ends
- `catering`: a small contract from its only round of bids to its completion
- `cleaning`, `cleaning_work`: pledges by the pound spent, and what goes wrong with deliveries
- `fleet`, `fleet_again`: an auction that two organisations void, and its re-run
- `grounds`, `pupils`: what comes to nothing, or to an early end
- `joining`, `beside`: who comes and goes; offers, indicators and corrections
- `neighbours`: the projects beside those of the worked example
"""
