"""Which tiles a log has, what they are called, and every name that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.tree.tiles import (
    ENTRIES,
    Tile,
    entry_tiles_between,
    entry_tiles_of,
    parse_tile_path,
    partial_tiles_of,
    tile_at,
    tiles_between,
)

SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_792, 70_000]


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (Tile(0, 1_234_067, 17), "tile/0/x001/x234/067.p/17"),
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(1, 999, 1), "tile/1/999.p/1"),
        (Tile(1, 1_000, 255), "tile/1/x001/000.p/255"),
        (Tile(7, 7, 256), "tile/7/007"),
        (Tile(63, 42, 256), "tile/63/042"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
        (Tile(ENTRIES, 1_000_000, 256), "tile/entries/x001/x000/000"),
        (Tile(0, 2**55 - 1, 256), "tile/0/x036/x028/x797/x018/x963/967"),
    ],
)
def test_a_tile_has_one_name(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_tile_path(path) == tile


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/1234",
        "tile/0/x000",
        "tile/0/001/234",
        "tile/0/x001/x234",
        "tile/0/x000/067",  # 067 has a shorter name
        "tile/0/x000/x001/067",
        "tile/0/X001/067",
        "tile/0/x001//067",
        "tile/0/x001/067/",
        "tile/0/-01",
        "tile/0/+01",
        "tile/0/ 01",
        "tile/0/0_1",
        "tile/0/\u0660\u0660\u0661",  # digits, but not these
        "tile/0/000\n",
        "/tile/0/000",
        "tile/0/000?",
        "tile/0/../000",
        "tile//000",
        "tile/00/000",
        "tile/01/000",
        "tile/+1/000",
        "tile/-1/000",
        "tile/64/000",
        "tile/100/000",
        "tile/entry/000",
        "tile/Entries/000",
        "TILE/0/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",  # a full tile is not called partial
        "tile/0/000.p/257",
        "tile/0/000.p/999",
        "tile/0/000.p/1000",
        "tile/0/000.p/-1",
        "tile/0/000.p/1/",
        "tile/0/000.p/1\n",
        "tile/0/000.P/1",
        "tile/0/000p/1",
        "tile/0/x001/x000/x000/x000/x000/x000/000",  # more leaves than a log can have
        "tile/0/" + "x999/" * 5_000 + "999",
        "tile/" + "9" * 5_000 + "/000",
    ],
)
def test_all_that_is_not_such_a_name_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_tile_path(text)

    assert refused.value.finding.code is Code.NOT_CANONICAL


@given(
    st.integers(0, 63) | st.just(ENTRIES),
    st.integers(0, 2**55 - 1) | st.integers(0, 2_000),
    st.integers(1, 256),
)
def test_every_tile_is_found_again_by_its_name(
    level: int | str, index: int, width: int
) -> None:
    tile = Tile(ENTRIES if isinstance(level, str) else level, index, width)

    assert parse_tile_path(tile.path) == tile


@given(st.text("tile/0123456789x.pentries\n", max_size=30) | st.text(max_size=30))
def test_a_text_is_the_name_of_its_tile_or_refused(text: str) -> None:
    for path in (text, f"tile/0/{text}", f"tile/1/000{text}"):
        try:
            tile = parse_tile_path(path)
        except Refused:
            continue
        assert tile.path == path


def test_a_log_of_70_000_has_the_tiles_that_the_specification_lists() -> None:
    tiles = list(tiles_between(0, 70_000))

    assert tiles == [
        *(Tile(0, index, 256) for index in range(273)),
        Tile(0, 273, 112),
        Tile(1, 0, 256),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert [tile.path for tile in tiles[-4:]] == [
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert partial_tiles_of(70_000) == [tiles[-1], tiles[-2], tiles[-4]]
    assert list(entry_tiles_of(70_000)) == [
        tile._replace(level=ENTRIES) for tile in tiles[:274]
    ]


@pytest.mark.parametrize(
    ("size", "paths"),
    [
        (0, []),
        (1, ["0/000.p/1"]),
        (255, ["0/000.p/255"]),
        (256, ["0/000", "1/000.p/1"]),
        (257, ["0/000", "0/001.p/1", "1/000.p/1"]),
        (512, ["0/000", "0/001", "1/000.p/2"]),
    ],
)
def test_no_tile_is_empty_and_no_partial_one_is_hashed_upward(
    size: int, paths: list[str]
) -> None:
    assert [tile.path for tile in tiles_between(0, size)] == [f"tile/{path}" for path in paths]


@pytest.mark.parametrize("size", [*SIZES, 2**24, 2**24 + 1])
def test_the_tiles_of_a_level_hold_each_full_hash_of_it_once(size: int) -> None:
    tiles = list(tiles_between(0, size))

    for level in range(5):
        held = [tile for tile in tiles if tile.level == level]
        assert sum(tile.width for tile in held) == size // 256**level
        assert [tile.index for tile in held] == list(range(len(held)))
        assert all(tile.width == 256 for tile in held[:-1])
        assert [tile.width for tile in held[-1:] if tile.width < 256] == (
            [size // 256**level % 256] if size // 256**level % 256 else []
        )
    assert all(
        tile_at(tile.level, tile.index, size) == tile for tile in held if tile.level == 0
    )
    assert partial_tiles_of(size) == [tile for tile in reversed(tiles) if tile.width < 256]


@pytest.mark.parametrize("old", SIZES)
def test_growing_adds_the_tiles_that_were_not_there_in_the_same_order(old: int) -> None:
    before, bundles_before = set(tiles_between(0, old)), set(entry_tiles_of(old))

    for new in (size for size in SIZES if size >= old):
        added, bundles = tiles_between(old, new), entry_tiles_between(old, new)
        assert list(added) == [tile for tile in tiles_between(0, new) if tile not in before]
        assert list(bundles) == [
            tile for tile in entry_tiles_of(new) if tile not in bundles_before
        ]


@given(st.integers(0, 3_000), st.integers(0, 3_000))
def test_between_any_two_sizes_it_is_the_difference(old: int, grown_by: int) -> None:
    new = old + grown_by

    assert set(tiles_between(old, new)) == set(tiles_between(0, new)) - set(
        tiles_between(0, old)
    )
    assert set(entry_tiles_between(old, new)) == (
        set(entry_tiles_of(new)) - set(entry_tiles_of(old))
    )


@pytest.mark.parametrize(("old", "new"), [(1, 0), (70_000, 69_999), (-1, 3)])
def test_a_log_that_shrinks_has_no_tiles_to_add(old: int, new: int) -> None:
    for between in (tiles_between, entry_tiles_between):
        with pytest.raises(ValueError, match="does not grow"):
            list(between(old, new))


@pytest.mark.parametrize(
    ("tile", "span", "start"),
    [
        (Tile(0, 273, 112), 1, 69_888),
        (Tile(ENTRIES, 273, 112), 1, 69_888),
        (Tile(1, 1, 17), 256, 65_536),
        (Tile(2, 0, 1), 65_536, 0),
        (Tile(2, 3, 1), 65_536, 3 * 2**24),
    ],
)
def test_a_tile_knows_which_leaves_it_covers(tile: Tile, span: int, start: int) -> None:
    assert (tile.span, tile.start) == (span, start)


def test_a_tree_has_no_tile_beyond_its_leaves() -> None:
    assert tile_at(0, 273, 70_000) == Tile(0, 273, 112)
    assert tile_at(1, 0, 70_000) == Tile(1, 0, 256)
    for level, index, size in [
        (0, 274, 70_000),
        (3, 0, 70_000),
        (0, 0, 0),
        (1, 0, 255),
        (0, -1, 9),
    ]:
        with pytest.raises(ValueError, match=f"no tile {index} at level {level}$"):
            tile_at(level, index, size)
    with pytest.raises(ValueError, match="level -1"):
        tile_at(-1, 0, 9)
