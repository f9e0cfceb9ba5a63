"""A listed firm keeps its investment grade while it can sell shares: Oracle in `six`, calm and in a storm."""

from __future__ import annotations

from pathlib import Path

import computeshift as cs
from computeshift.experiments.config.load import load
from computeshift.experiments.questions.breaks.storm import stormy
from computeshift.experiments.results.results import Results
from tests.behaviour.worlds import MEASURED

FEW = 300
JUNK = 10.5


def junk(run: Results) -> float:
    """The part of worlds in which Oracle is junk in some year."""
    return float((run.variable("oracle", "rating") > JUNK).any(axis=1).mean())


def test_oracle_sells_shares_to_keep_its_grade_and_loses_it_where_they_do_not_sell(tmp_path: Path) -> None:
    alone = tmp_path / "alone.yaml"
    alone.write_text("extends: six\nasks: No defence?\nfirms: {oracle: {rating_defence: 0}}\n")
    calm, undefended = cs.run("six", worlds=FEW), cs.run(alone, worlds=FEW)
    storm = cs.run(stormy(load("six"), 2026).model_copy(update={"worlds": FEW}))
    chances = [junk(run) for run in (undefended, calm, storm)]
    MEASURED.append(
        "six: Oracle is junk without a defence, with it, with it in a storm in {:.2f} {:.2f} {:.2f}".format(
            *chances
        )
    )
    assert chances[1] < chances[0] / 3
    assert chances[1] < chances[2] / 2
    issued = [run.variable("oracle", "issued") for run in (calm, storm)]
    assert (issued[0].sum(axis=1) > 0.1).mean() > 0.2
    assert issued[1][2026].sum() < 0.01 * issued[0][2026].sum()  # nobody buys shares then
    flows = calm.flow("share_issue", "investors", "oracle")
    assert (flows.sum(axis=1) - issued[0].sum(axis=1)).abs().max() < 1e-9
    built = [run.variable("oracle", "capex").median() for run in (calm, undefended)]
    assert (built[0] > 0.9 * built[1]).all()  # shares pay for what debt would have
