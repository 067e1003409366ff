"""A tool of others holds the API to its document; `make faults` lets it try everything."""

from collections.abc import Iterator

import pytest
from schemathesis.checks import CHECKS

from .contract import PHASES, Contract, contract


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contract]:
    with contract(tmp_path_factory.mktemp("contract")) as one:
        yield one


def test_every_operation_answers_its_example_as_documented(held: Contract) -> None:
    found = held.run(held.labels(), "examples")

    assert found.faults == {}
    assert sum(found.requests.values()) >= len(held.labels())
    assert found.requests[200] > 30


def test_some_operations_hold_under_every_sort_of_input(held: Contract) -> None:
    labels = held.labels()
    found = held.run(labels[5::19], "coverage", "fuzzing", "stateful", examples=2)

    assert found.faults == {}
    assert {"coverage", "fuzzing"} <= {*found.phases}


def test_every_check_is_on(held: Contract) -> None:
    commands = [label for label in held.labels() if label.startswith("POST")]
    found = held.run(commands[:2], *PHASES)

    of_responses = {*CHECKS.get_all_names()} - {"max_response_time"}  # others measure that
    assert of_responses == {*found.checks}
