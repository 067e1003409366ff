"""What the published log's state looks like in an SQLite file.

Triggers refuse what a publisher must never do, whoever asks.
"""

from typing import Final

APPLICATION_ID: Final = int.from_bytes(b"SVXT")
"""Stands in the header of the file (`PRAGMA application_id`)."""

LAYOUT: Final = (
    (
        "CREATE TABLE heads (epoch INTEGER PRIMARY KEY, size INTEGER NOT NULL, "
        "root BLOB NOT NULL, hashes BLOB NOT NULL)"
    ),
    (
        "CREATE TABLE tiles (epoch INTEGER NOT NULL, level INTEGER NOT NULL, "
        "number INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (epoch, level, number))"
    ),
    (
        "CREATE TABLE checkpoints (epoch INTEGER NOT NULL, size INTEGER NOT NULL, "
        "root BLOB NOT NULL, body BLOB NOT NULL, bounds INTEGER NOT NULL, "
        "log_note BLOB, quorum_note BLOB, PRIMARY KEY (epoch, size))"
    ),
    (
        "CREATE TABLE latest (epoch INTEGER PRIMARY KEY, size INTEGER NOT NULL, "
        "note BLOB NOT NULL)"
    ),
    # Each stage finds by an index what is left for it to do, however many are done.
    "CREATE INDEX unsigned ON checkpoints (epoch, size) WHERE log_note IS NULL",
    "CREATE INDEX signed ON checkpoints (epoch, size) WHERE log_note IS NOT NULL",
    "CREATE INDEX published ON checkpoints (epoch, size) WHERE quorum_note IS NOT NULL",
    (
        "CREATE INDEX unpublished_bounds ON checkpoints (epoch, size) "
        "WHERE bounds AND quorum_note IS NULL"
    ),
    (
        "CREATE TRIGGER heads_grow BEFORE UPDATE ON heads WHEN "
        "NEW.epoch IS NOT OLD.epoch OR NEW.size < OLD.size "
        "OR (NEW.size = OLD.size AND NEW.root IS NOT OLD.root) "
        "BEGIN SELECT RAISE(ABORT, 'a tree only grows'); END"
    ),
    (
        "CREATE TRIGGER tiles_grow BEFORE UPDATE ON tiles WHEN "
        "NEW.epoch IS NOT OLD.epoch OR NEW.level IS NOT OLD.level "
        "OR NEW.number IS NOT OLD.number "
        "OR substr(NEW.hashes, 1, length(OLD.hashes)) IS NOT OLD.hashes "
        "BEGIN SELECT RAISE(ABORT, 'a tile only grows'); END"
    ),
    (
        "CREATE TRIGGER checkpoints_stay BEFORE UPDATE ON checkpoints WHEN "
        "NEW.epoch IS NOT OLD.epoch OR NEW.size IS NOT OLD.size OR NEW.root IS NOT OLD.root "
        "OR NEW.body IS NOT OLD.body "
        "OR (OLD.log_note IS NOT NULL AND NEW.log_note IS NOT OLD.log_note) "
        "OR (OLD.quorum_note IS NOT NULL AND NEW.quorum_note IS NOT OLD.quorum_note) "
        "BEGIN SELECT RAISE(ABORT, 'a checkpoint stays, and its notes are set once'); END"
    ),
    *(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'nothing is taken out of {table}'); END"
        for table in ("heads", "tiles", "checkpoints")
    ),
)
