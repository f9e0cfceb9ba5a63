"""Dated predictions: `python docs/predict.py CONFIG ...` adds a file for each config, made today.

They go into `docs/predictions/`, of 1,000 worlds each, and `docs/predictions.md` lists all that are there. A
file stays as it was: nothing compares it with today's program. One of the same day and config is replaced.
Without a config only the page is written.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import computeshift as cs  # noqa: E402
from computeshift.experiments.questions.predictions.file import PredictedClaim, read  # noqa: E402
from computeshift.experiments.questions.predictions.predict import today  # noqa: E402
from computeshift.experiments.views.text.predict import chance  # noqa: E402

FOLDER = ROOT / "docs" / "predictions"
PAGE = ROOT / "docs" / "predictions.md"
WORLDS = 1_000

HEAD = """\
# Predictions

Written by `python docs/predict.py` from the files that it lists. `python docs/predict.py baseline`
adds one, made today.

Each file is what the program said on a day, made by `computeshift predict`, and stays as it was. It holds the
probability of every claim, the published figures that settle it, and 19 quantiles of what facts will say,
year by year. To score one:

    computeshift score docs/predictions/FILE.json --facts later.csv

[predict](guide/predict.md) says what is in a file, [score](guide/score.md) how it is scored, and
[scorecard](guide/scorecard.md) how far to trust the model: its intervals have been too narrow.
"""


def files() -> list[Path]:
    """The predictions that are there, the newest first."""
    return sorted(FOLDER.glob("*.json"), reverse=True)


def page() -> str:
    """The list of predictions."""
    return "\n".join([HEAD, *(_part(file) for file in files())])


def _part(file: Path) -> str:
    """A file: what it was made of, and its claims."""
    said = read(file)
    rows = [
        f"| {claim.sentence} | {chance(claim.probability, claim.error)} | {claim.falsified_by} "
        f"| {_settled_by(claim)} |"
        for claim in said.claims
    ]
    return "\n".join(
        [
            f"## {said.made.isoformat()}: {said.config}",
            "",
            f"[{file.name}](predictions/{file.name}): {said.worlds:,} worlds, seed {said.seed},",
            f"from the end of {said.start} to {said.until}. Parameters as known by {said.known_until}.",
            f"Version {said.version}; digest of the model `{said.model}`, of the config `{said.hash[:16]}`.",
            "",
            "| claim | probability, its Monte Carlo error | what would prove it wrong | what settles it |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _settled_by(claim: PredictedClaim) -> str:
    """The rules that settle a claim, or why none do, or not both ways."""
    rules = [f"`{rule.words}`" for rule in claim.rules]
    return "; ".join([*rules, *([claim.unsettled_because] if claim.unsettled_because else [])])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for config in sys.argv[1:]:
        cs.predict(config, worlds=WORLDS, out=FOLDER / f"{today().isoformat()}-{config}.json")
    PAGE.write_text(page(), encoding="utf-8")
