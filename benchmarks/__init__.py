"""What the write path costs, each figure beside its raw side in the same run.

`python -m benchmarks` (which is `make bench`) prints one table; docs/performance.md says what
its rows mean. Nothing here is a test: figures drift with the disk and the neighbours.
"""
