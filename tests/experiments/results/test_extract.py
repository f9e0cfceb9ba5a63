"""What a run hands over for its summary says the same as its files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from computeshift.environment.market import ComputeMarket
from computeshift.experiments.results.extract import MOST, Extract, Gathering
from computeshift.experiments.results.levels import Keep
from computeshift.experiments.results.reader import Parts
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.results.tables import Block
from computeshift.experiments.run import task
from computeshift.experiments.run.run import run
from computeshift.experiments.views.summary import document


@pytest.mark.parametrize("keep", ["summary", "all"])
def test_a_summary_reads_nothing_and_says_what_the_files_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: Keep
) -> None:
    def poisoned(market: ComputeMarket) -> object:
        first = market.setup.first_world
        return np.where(np.arange(first, first + market.worlds) == 9, np.nan, 1.0)

    with monkeypatch.context() as patched:
        patched.setattr(ComputeMarket, "turnover", property(poisoned))
        made = run("six", worlds=20, block=7, keep=keep, against=True, out=tmp_path)
    assert made.left_out == [9]
    read = open_results(tmp_path)
    assert read.extract.nbytes == 0
    said, claims = document(read), read.claims()
    for reads in ("slabs", "flows"):
        monkeypatch.delattr(Parts, reads)
    assert document(made) == said
    pd.testing.assert_frame_equal(made.claims(), claims, check_exact=True)


def test_blocks_may_come_in_any_order_and_a_tie_may_be_in_some_of_them_alone() -> None:
    blocks = [Block(0, 2), Block(2, 1), Block(3, 2)]

    def part(block: Block, tie: str) -> Extract:
        slab = np.arange(block.first, block.first + block.worlds, dtype=float)[:, None]
        return Extract({"equity": {(tie, "openai"): slab}}, {("openai", "burn"): -slab})

    parts = dict(zip(blocks, map(part, blocks, ["mgx", "softbank", "mgx"]), strict=True))
    for order in ([0, 1, 2], [2, 0, 1]):
        gathering = Gathering(5)
        for at in order:
            assert gathering.extract(blocks) is None
            gathering.add(blocks[at], parts[blocks[at]])
        whole = gathering.extract(blocks)
        assert whole is not None
        assert list(whole.flows["equity"]) == [("mgx", "openai"), ("softbank", "openai")]
        assert whole.flows["equity"]["softbank", "openai"].ravel().tolist() == [0, 0, 2, 0, 0]
        assert whole.variables["openai", "burn"].ravel().tolist() == [0, -1, -2, -3, -4]

    failed = Gathering(5)
    for block in blocks[::2]:
        failed.add(block, parts[block])
    rest = failed.extract(blocks[::2])
    assert rest is not None
    assert rest.flows["equity"]["mgx", "openai"].ravel().tolist() == [0, 1, 3, 4]


def test_a_run_whose_extract_would_be_too_large_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = run("six", worlds=2, until=2025, out=tmp_path / "all").extract.nbytes
    assert 0 < size * 500_000 < MOST
    monkeypatch.setattr(task, "MOST", size - 1)
    assert run("six", worlds=2, until=2025, out=tmp_path / "none").extract.nbytes == 0


def test_a_run_that_goes_on_reads_what_it_did_before(tmp_path: Path) -> None:
    run("six", worlds=3, out=tmp_path)
    with pytest.warns(UserWarning, match="going on"):
        whole = run("six", worlds=6, out=tmp_path)
    assert whole.extract.nbytes == 0
    assert document(whole) == document(open_results(tmp_path))
