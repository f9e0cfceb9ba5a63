"""What limits a report's numbers: unfinished runs, tables that are missing, intervals, unpaired worlds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from computeshift.experiments.results.deals import DEALS
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.results.levels import DECISIONS, TABLES
from computeshift.experiments.views.format import minus, worlds
from computeshift.experiments.views.report.sides import Side

_CONTENTS = {
    "agents": "account of each firm's year",
    DEALS: "table of deals",
    "flows": "record of payments and supplies",
    DECISIONS: "log of what limited decisions",
}
"""Contents of the tables that not every run keeps."""


def warnings(sides: Sequence[Side]) -> Iterator[str]:
    """What a reader must know before anything else."""
    for side in sides:
        manifest = side.results.manifest
        if manifest.status != "finished":
            yield (
                f"{side.name} is not whole: {side.results.worlds:,} of {manifest.worlds:,} worlds are "
                f"done ({manifest.status})."
            )
        if lost := [words for table, words in _CONTENTS.items() if table not in TABLES[manifest.keep]]:
            yield (
                f"{side.name} was run with keep={manifest.keep}, so pictures are missing: of its worlds "
                f"there is no {' and no '.join(lost)}. Run it with keep=all to have them."
            )


def certainty(sides: Sequence[Side], pairs: bool, apart: str) -> Iterator[str]:
    """How far the numbers can be trusted; `apart` says why the worlds of the sides do not pair."""
    for side in sides:
        posterior = side.results.manifest.source_posterior
        lead = f"{side.name}: " if len(sides) > 1 else ""
        uncertain = len(side.results.columns("design")) - 1
        text = f"{lead}Every number is from {worlds(side.results.worlds)}, each with its own random draws "
        text += f"and its own values of {uncertain} uncertain parameters."
        if reasons := side.results.reasons:
            text += f" {left_out(reasons)}."
        if posterior is not None:
            text += f" Parameters were drawn from the posterior {Path(posterior.file).name}."
        yield text
    yield (
        "In brackets after a median: P10 to P90; one world in ten is below, one above. In brackets after a "
        "claim's share of worlds: its 95% interval (Wilson's), the precision of so many worlds."
    )
    if pairs and len(sides) > 1:
        yield (
            f"Every difference is {minus(sides[0].name)}, world by world with the same random draws: the "
            "median of the differences with P10 to P90; for claims, the difference of the shares of worlds "
            "with its 95% interval. An outcome differs significantly if the 95% interval of its mean "
            "difference excludes zero, as in `computeshift compare`."
        )
    if apart:
        yield f"No differences are shown: {apart}."
    yield (
        "All this says how precisely so many worlds measure the model, not how right the model is. That "
        "the scorecard says: it compares the model with what happened."
    )
