"""The table of what is sunk: `python docs/sunk.py` writes it into `limits.md`."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from computeshift.experiments.config.config import Config  # noqa: E402
from computeshift.experiments.config.load import load  # noqa: E402
from computeshift.experiments.questions.breaks.storm import stormy  # noqa: E402
from computeshift.experiments.results.record import Record  # noqa: E402
from computeshift.experiments.run.measure import measure  # noqa: E402
from docs.readme import part, put  # noqa: E402
from docs.stamps import stamp  # noqa: E402

PAGE = ROOT / "docs" / "limits.md"
PARAMETER, YEAR = "compute.sunk_orders", 2026
JUNK = 10.5  # notches: from BB+ on
WORLDS, FEW = 500, 40


def table(worlds: int) -> str:
    """Who fails in a storm, by the part of chips that can't be sent back."""
    drawn = load("baseline").parameters()[PARAMETER]
    values = {
        "0": 0.0,
        f"{drawn.low:g} (low)": drawn.low,
        f"{drawn.central:g} (central)": drawn.central,
        f"{drawn.high:g} (high)": drawn.high,
        "as drawn": None,
    }
    lines = [
        f"| `{PARAMETER}` | Oracle is junk in some year | Oracle is in default in some year "
        "| CoreWeave is in default in some year | Stargate is in default in some year |",
        "|---|---|---|---|---|",
    ]
    for name, value in values.items():
        config = load("baseline", {} if value is None else {PARAMETER: value})
        lines.append(f"| {name} | {' | '.join(f'{part:.0%}' for part in _failing(config, worlds))} |")
    return "\n".join(lines)


def _failing(config: Config, worlds: int) -> list[float]:
    """The parts of worlds in which Oracle is junk, and in which Oracle, CoreWeave and Stargate default."""
    stormed = stormy(config, YEAR).model_copy(update={"worlds": worlds})
    return measure(stormed, _fails).table.mean().to_list()


def _fails(record: Record) -> pd.DataFrame:
    """Who fails in some year, one column each."""
    failed = {firm: record.variable(firm, "defaulted") > 0 for firm in ("oracle", "coreweave", "stargate")}
    junk = record.variable("oracle", "rating") > JUNK
    return pd.DataFrame({name: each.any(axis=1) for name, each in {"junk": junk, **failed}.items()})


def stand() -> str:
    """The table as it stands."""
    return part(PAGE.read_text(encoding="utf-8"), "sunk")


if __name__ == "__main__":
    PAGE.write_text(put(PAGE.read_text(encoding="utf-8"), "sunk", table(WORLDS)), encoding="utf-8")
    stamp("what is sunk", stand(), table(FEW))
