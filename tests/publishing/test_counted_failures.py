"""How often publishing failed: by stage, and by witness."""

from .setting import Desk, records
from .test_publisher import until
from .witnessed import NAME, FileWitness


def test_a_folder_that_cannot_be_written_is_a_failed_release(here: Desk) -> None:
    here.grow(records(10))
    here.published.mkdir()
    (here.published / "letter.txt").write_text("Dear reader")

    with here.publisher() as publisher:
        publisher.start()
        until(lambda: publisher.report.failures["release"] > 1)
        report = publisher.report
        publisher.stop()

    assert report.failures["sign"] == 0
    assert "holds something else" in (report.fault or "")


def test_a_mark_that_cannot_be_written_is_a_failed_signing(here: Desk) -> None:
    here.grow(records(10))
    here.mark.mkdir()

    with here.publisher() as publisher:
        publisher.start()
        until(lambda: publisher.report.failures["sign"] > 1)
        publisher.stop()


def test_a_witness_that_does_not_answer_is_counted_each_time(here: Desk) -> None:
    here.grow(records(10))
    witness = FileWitness(here.folder / "witness")
    witness.is_down = True

    with here.publisher(quorum=witness.quorum()) as publisher:
        publisher.start()
        before = publisher.report.witness_failures
        until(lambda: publisher.report.witness_failures[NAME] > 1)
        witness.is_down = False
        until(lambda: publisher.report.released is not None)
        counted = publisher.report.witness_failures
        here.grow(records(20))
        publisher.hint()
        until(lambda: publisher.report.released.checkpoint.size == 20)  # type: ignore[union-attr]
        publisher.stop()

        assert before.keys() == {NAME}
        assert publisher.report.witness_failures == counted
