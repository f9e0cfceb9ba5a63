"""What a run hands over for its summary says the same as its files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from computeshift.environment.market import ComputeMarket
from computeshift.experiments.results.extract import MOST
from computeshift.experiments.results.levels import Keep
from computeshift.experiments.results.reader import Parts
from computeshift.experiments.results.results import open as open_results
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
        made = run("baseline", worlds=20, block=7, keep=keep, against=True, out=tmp_path)
    assert made.left_out == [9]
    read = open_results(tmp_path)
    assert read.extract.nbytes == 0
    said, claims = document(read), read.claims()
    for reads in ("slabs", "flows"):
        monkeypatch.delattr(Parts, reads)
    assert document(made) == said
    pd.testing.assert_frame_equal(made.claims(), claims, check_exact=True)


def test_a_run_whose_extract_would_be_too_large_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = run("baseline", worlds=2, until=2025, out=tmp_path / "all").extract.nbytes
    assert 0 < size * 500_000 < MOST
    monkeypatch.setattr(task, "MOST", size - 1)
    assert run("baseline", worlds=2, until=2025, out=tmp_path / "none").extract.nbytes == 0


def test_a_run_that_goes_on_reads_what_it_did_before(tmp_path: Path) -> None:
    run("baseline", worlds=3, out=tmp_path)
    with pytest.warns(UserWarning, match="going on"):
        whole = run("baseline", worlds=6, out=tmp_path)
    assert whole.extract.nbytes == 0
    assert document(whole) == document(open_results(tmp_path))
