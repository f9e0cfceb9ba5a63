"""The scorecard that comes with the program: `python docs/scorecard.py` plays it and writes its measures.

With FILE.md it also writes a page with the printed scorecard, its version and what decided its numbers.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import computeshift as cs  # noqa: E402
from computeshift.experiments.questions.evidence import measures  # noqa: E402
from computeshift.experiments.questions.evidence.scorecard import Scorecard  # noqa: E402
from computeshift.experiments.run.digest import model  # noqa: E402
from docs.stamps import stamp  # noqa: E402

FILE = ROOT / "experiments" / "questions" / "evidence" / measures.SHIPPED


def page(card: Scorecard) -> str:
    """A page that keeps a scorecard as it was."""
    configs = [f"| `{name}` | `{fit.config.hash}` |" for name, fit in card.fits.items()]
    worlds = sum(len(fit.says) for fit in card.fits.values())
    seed = card.fits["baseline"].config.seed
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    lines = [
        f"# Scorecard of version {version}",
        "",
        f"`computeshift backtest --all` as it was then: {worlds:,} worlds, seed {seed}, digest of the",
        f"model's files `{model()}`. It is kept as it was: nothing compares it with today's program.",
        "",
        "| start | hash of its config |",
        "|---|---|",
        *configs,
        "",
        "```",
        "\n".join(line.rstrip() for line in repr(card).strip().splitlines()),
        "```",
    ]
    return "\n".join(lines) + "\n"


def few() -> str:
    """The measures of a scorecard of few worlds; versions of numpy differ in the digits beyond."""
    return cs.scorecard(worlds=1_000).measures.to_csv(index=False, float_format="%.6g")


if __name__ == "__main__":
    scorecard = cs.scorecard()
    scorecard.measures.to_csv(FILE, index=False)
    stamp("scorecard", FILE.read_text(encoding="utf-8"), few())
    for file in sys.argv[1:]:
        Path(file).write_text(page(scorecard), encoding="utf-8")
