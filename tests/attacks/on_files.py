"""Attacks on what was published and handed out, by whoever stands in between."""

from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.tree.tiles import TILE_WIDTH, Tile

from .attack import Attack
from .case import RECEIPT_OF
from .checks import (
    CONSISTENCY,
    DATABASE,
    FRESH,
    LOG,
    RECEIPT,
    REMEMBERED,
    WITNESSED,
    Caught,
)
from .file_attacks import (
    ENTRY_BYTES,
    FIRST,
    LAST,
    LEAF,
    cosigned_later,
    extended,
    leaf,
    no_checkpoint,
    no_last_newline,
    no_record,
    not_cosigned,
    other_base64,
    other_index,
    other_path,
    other_record,
    receipt_as,
    receipted,
    respelt,
    signed_by,
    signed_twice,
    spoilt,
    swap_entries,
    taken,
    unsigned,
    yesterday,
)
from .honest import KEY, ORIGIN

_STRANGER = SigningKey(ORIGIN, ED25519, bytes([99]) * 32)
_OTHER_LOG = SigningKey("ledger.example/other", ED25519, bytes([1]) * 32)


ON_FILES = (
    Attack(
        name="flip a bit of a hash",
        does="flips one bit of a tile of leaf hashes",
        do=spoilt(FIRST[0], 32 * LEAF),
        caught=(
            Caught(LOG, "SVX101", at="the hash's", leaf=leaf),
            Caught(DATABASE, "SVX101", at="the hash's", leaf=leaf),
        ),
        missed=(RECEIPT,),
    ),
    Attack(
        name="flip a bit of a hash further up",
        does="flips one bit of a tile of level 1",
        do=spoilt(Tile(1, 0, 1), 0),
        caught=(Caught(LOG, "SVX101", at="the first beneath", leaf=lambda _: 0),),
    ),
    Attack(
        name="flip a bit at the end of the tree",
        does="flips one bit of the last hash, in a tile that is not full",
        do=spoilt(LAST[0], -1),
        caught=(
            Caught(LOG, "SVX101", at="the hash's", leaf=lambda honest: honest.size - 1),
            Caught(DATABASE, "SVX101", at="the hash's", leaf=lambda honest: honest.size - 1),
        ),
    ),
    Attack(
        name="flip a bit of an entry",
        does="flips one bit of an entry",
        do=spoilt(FIRST[1], ENTRY_BYTES * LEAF + 40),
        caught=(Caught(LOG, "SVX101", at="the entry's", leaf=leaf),),
        missed=(DATABASE, RECEIPT),
    ),
    Attack(
        name="let two entries change places",
        does="lets two entries change places, and their hashes with them",
        do=swap_entries,
        caught=(
            Caught(LOG, "SVX101", at="the first beneath", leaf=lambda _: 0),
            Caught(DATABASE, "SVX101", at="the first of the full tile", leaf=lambda _: 0),
        ),
    ),
    Attack(
        name="bytes behind an entry bundle",
        does="hides bytes at the end of a bundle",
        do=extended(LAST[1], b"\0\0"),
        caught=(Caught(LOG, "SVX301", 3),),
    ),
    Attack(
        name="bytes behind a tile",
        does="hides a hash at the end of a tile",
        do=extended(LAST[0], bytes(32)),
        caught=(Caught(LOG, "SVX301", 3), Caught(DATABASE, "SVX301", 3)),
    ),
    Attack(
        name="withhold entries",
        does="keeps an entry bundle back",
        do=taken(LAST[1]),
        caught=(Caught(LOG, "SVX401", 4, "the first in it", lambda _: TILE_WIDTH),),
    ),
    Attack(
        name="withhold a tile",
        does="keeps a tile back",
        do=taken(FIRST[0]),
        caught=(
            Caught(LOG, "SVX401", 4, "the first under it", lambda _: 0),
            Caught(DATABASE, "SVX401", 4, "the first under it", lambda _: 0),
        ),
    ),
    Attack(
        name="withhold the head",
        does="shows no checkpoint",
        do=no_checkpoint,
        caught=(Caught(LOG, "SVX401", 4),),
    ),
    Attack(
        name="strip the log's signature",
        does="shows the head with its cosignature only",
        do=unsigned,
        caught=(Caught(LOG, "SVX201", 2), Caught(WITNESSED, "SVX201", 2)),
    ),
    Attack(
        name="duplicate the log's signature",
        does="lets the log's signature stand twice under the head",
        do=signed_twice,
        caught=(Caught(LOG, "SVX301", 3),),
    ),
    Attack(
        name="strip the cosignature",
        does="shows the head without what the witness said",
        do=not_cosigned,
        caught=(Caught(WITNESSED, "SVX202", 2),),
        missed=(LOG,),
        why="who trusts the log's key alone misses no witness",
    ),
    Attack(
        name="alter the cosignature's time",
        does="lets the witness have seen the head a day later",
        do=cosigned_later,
        caught=(Caught(WITNESSED, "SVX201", 2),),
        missed=(LOG,),
    ),
    Attack(
        name="sign with another key",
        does="signs the same head with a key of the same name",
        do=signed_by(_STRANGER),
        caught=(Caught(LOG, "SVX201", 2),),
    ),
    Attack(
        name="another origin",
        does="shows the tree as that of another log, signed by that log's key",
        do=signed_by(_OTHER_LOG, lambda text: text.replace(ORIGIN, _OTHER_LOG.name)),
        caught=(Caught(LOG, "SVX201", 2), Caught(REMEMBERED, "SVX201", 2)),
    ),
    Attack(
        name="another origin, with the log's own key",
        does="gives the head another name, and signs that with the key of this log",
        do=signed_by(KEY, lambda text: text.replace(ORIGIN, _OTHER_LOG.name)),
        caught=(Caught(LOG, "SVX201", 2),),
    ),
    Attack(
        name="a size with a leading zero",
        does="writes the signed size as 0271",
        do=respelt(b"\n271\n", b"\n0271\n"),
        caught=(Caught(LOG, "SVX301", 3),),
    ),
    Attack(
        name="a size with a sign",
        does="writes the signed size as +271",
        do=respelt(b"\n271\n", b"\n+271\n"),
        caught=(Caught(LOG, "SVX301", 3),),
    ),
    Attack(
        name="a size beyond all numbers",
        does="writes 10^20 as the signed size",
        do=respelt(b"\n271\n", b"\n100000000000000000000\n"),
        caught=(Caught(LOG, "SVX301", 3),),
    ),
    Attack(
        name="base64 in another spelling",
        does="changes the bits of the root's base64 that stand for nothing",
        do=other_base64,
        caught=(Caught(LOG, "SVX301", 3),),
    ),
    Attack(
        name="no last newline",
        does="cuts the last newline off the head",
        do=no_last_newline,
        caught=(Caught(LOG, "SVX301", 3),),
    ),
    Attack(
        name="replay an old head",
        does="shows the whole log as it was yesterday, genuine and signed",
        do=yesterday,
        caught=(
            Caught(REMEMBERED, "SVX103", at="the first not shown", leaf=lambda _: 153),
            Caught(CONSISTENCY, "SVX103", at="the first not shown", leaf=lambda _: 153),
            Caught(FRESH, "SVX501", 5),
        ),
        missed=(LOG, WITNESSED),
        why="an old head is a good head",
    ),
    Attack(
        name="a receipt with another record",
        does="alters the record that a receipt carries",
        do=receipt_as(other_record),
        caught=(Caught(RECEIPT, "SVX101", at="the receipt's", leaf=receipted),),
    ),
    Attack(
        name="a receipt with another index",
        does="says of a record that it is the next one",
        do=receipt_as(other_index),
        caught=(Caught(RECEIPT, "SVX101", at="the one it names", leaf=lambda _: RECEIPT_OF),),
    ),
    Attack(
        name="a receipt with another path",
        does="changes a hash of the path",
        do=receipt_as(other_path),
        caught=(Caught(RECEIPT, "SVX101", at="the receipt's", leaf=receipted),),
    ),
    Attack(
        name="a receipt without its record",
        does="keeps the record back",
        do=receipt_as(no_record),
        caught=(Caught(RECEIPT, "SVX401", 4, "the receipt's", receipted),),
    ),
)
