"""What the numbers rest on that move the headline outcomes most: `python docs/grounds.py` writes it anew.

The table stands in `limits.md`. A number's effect is its largest rank correlation, over the worlds of
`today`, with one of the eight headline outcomes; a number that loads on a factor moves with all that do.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import computeshift as cs  # noqa: E402
from computeshift.experiments.config.config import Config  # noqa: E402
from computeshift.experiments.questions.levers.headline import headlines, measured  # noqa: E402
from computeshift.experiments.run.measure import measure  # noqa: E402
from computeshift.experiments.views.format import figures, fixed  # noqa: E402
from docs.readme import part, put  # noqa: E402
from docs.sources import GROUNDS, ground  # noqa: E402
from docs.stamps import stamp  # noqa: E402

PAGE = ROOT / "docs" / "limits.md"
CONFIG = "today"
MOST = 50
WORLDS = 4_000
"""Enough to tell a rank correlation of 0.1 from chance many times over."""
FEW = 200
"""Enough to find a page that is out of date."""


def effects(config: Config) -> pd.DataFrame:
    """Rank correlations: one row per uncertain number, the one of the largest effect first."""
    played = measure(config, measured(headlines())).table
    design = cs.design(config).set_index("world").loc[played.index]
    numbers = [name for name, number in config.parameters().items() if number.uncertain and name in design]
    ranks = design[numbers].rank()
    found = pd.DataFrame({name: ranks.corrwith(played[name].rank()) for name in played})
    return found.loc[found.abs().max(axis=1).sort_values(ascending=False, kind="stable").index]


def table(worlds: int) -> str:
    """The count of what the numbers of the largest effect rest on, and the numbers."""
    config = cs.load(CONFIG, {"worlds": worlds})
    most, known = effects(config).head(MOST), config.parameters()
    count = Counter(ground(known[str(name)]) for name in most.index)
    counted = ", ".join(f"{count[kind]} on {kind}" for kind in GROUNDS).replace(" on", " rest on", 1)
    lines = [
        f"Of the {MOST} numbers of `{CONFIG}` that move the headline outcomes most, {counted} "
        f"(largest rank correlation with one of the eight over {worlds:,} worlds, seed {config.seed}).",
        "",
        "| number | low / central / high | unit | moves most | rank correlation | rests on |",
        "|---|---|---|---|---|---|",
    ]
    for name, own in most.iterrows():
        number, moved = known[str(name)], str(own.abs().idxmax())
        spread = " / ".join(map(figures, (number.low, number.central, number.high)))
        rests = f"{headlines()[moved].short} | {fixed(own[moved], 2, sign=True)} | {ground(number)}"
        lines.append(f"| `{name}` | {spread} | {number.unit} | {rests} |")
    return "\n".join(lines)


def few() -> str:
    """The same of few worlds."""
    return table(FEW)


def stand() -> str:
    """The table as it stands."""
    return part(PAGE.read_text(encoding="utf-8"), "grounds")


if __name__ == "__main__":
    PAGE.write_text(put(PAGE.read_text(encoding="utf-8"), "grounds", table(WORLDS)), encoding="utf-8")
    stamp("grounds", stand(), few())
