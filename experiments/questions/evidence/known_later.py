"""known_later: what later facts change, and what if something were different after them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from computeshift.experiments.config.arguments import chosen_path, several, whole
from computeshift.experiments.config.changes import SIZE
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError, rewritten
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.compare.pairs import differences_of_means
from computeshift.experiments.questions.compare.parameters import posterior_rows
from computeshift.experiments.questions.compare.sides import LEAST_WORLDS, sides
from computeshift.experiments.questions.evidence.calibrate import Calibration, calibrate
from computeshift.experiments.questions.evidence.fitting import WORLDS
from computeshift.experiments.questions.evidence.history import HAPPENED, rows
from computeshift.experiments.questions.levers.headline import Headline, headlines_of, measured
from computeshift.experiments.results.excluded import LeavesOut, Reasons, in_all, merged, must_be_enough
from computeshift.experiments.results.quantiles import bands
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.fork import fork_of
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import part_of
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.run import run
from computeshift.experiments.run.sample import Sample, opened

PRIOR, KNOWN, THEN, POSTERIOR = "prior", "known", "then", "posterior.parquet"
"""The results folders and the posterior's file, in the folder of the answer."""


@dataclass(frozen=True, repr=False)
class KnownLater(Answer, LeavesOut):
    """Headline outcomes before the facts, with them, and with a change after them.

    `headlines` has one row per outcome: median, P10 and P90 of the `prior`, of the worlds that agree with
    the facts (`known`), and of the same worlds with the change (`then`); and the mean `difference` that the
    change makes, over paired worlds, with its 95% interval (`low`, `high`). `calibration` says how the facts
    weigh worlds. `folder` holds the runs `prior`, `known` and `then`, and `posterior.parquet`. Without a
    change there is no `then`. `missing` are outcomes without a value in these worlds.
    """

    question: ClassVar[str] = "known_later"

    config: str
    at: int
    changes: tuple[str, ...]
    calibration: Calibration
    headlines: pd.DataFrame
    missing: list[str]
    folder: Path
    worlds: int
    seed: int
    until: int
    reasons: Reasons

    def tables(self) -> dict[str, pd.DataFrame]:
        """`headlines`; the `parameters` that the facts moved, and the `facts` fitted."""
        fitted = self.calibration.tables()
        return {"headlines": self.headlines, "parameters": fitted["parameters"], "facts": fitted["facts"]}


def known_later(
    config: str | Path | Config,
    *,
    out: str | Path,
    facts: str | Path | None = None,
    then: Mapping[str, Any] | None = None,
    at: int | None = None,
    weigh: int | None = None,
    outcomes: Sequence[str] = (),
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> KnownLater:
    """Weigh a config's worlds by facts up to the year `at`, run those that agree, and fork them after it.

    The same as `calibrate`, `run` with its posterior, and `run` that continues this with the settings `then`:
    `{"shocks.demand_fall.size": 0.5}`. `facts` is a file with more facts; `at` is, if not given, the last
    year that it is about (or without a file, that any fact is about). `weigh` is how many worlds are
    weighed (default: 100,000), `worlds` how many are run. `out` is a new folder. `outcomes` are measured
    besides the headline outcomes and those that the config defines.

    UserError before anything is run if a setting, the facts, the year or the folder is wrong.
    """
    chosen = opened(config, Sample(worlds, seed, set, base))
    if isinstance(chosen, Results):
        raise UserError(f"{chosen.folder} is a results folder: known_later runs worlds, so name a config")
    must_be_enough(chosen.worlds, "for an interval", LEAST_WORLDS, {}, chosen.worlds)
    folder = _new(chosen_path(out, "out"))
    at = _last_known(chosen, facts) if at is None else whole(at, "at")
    changed = _changed(chosen, then or {}, at)
    wanted = headlines_of(chosen, several(outcomes, "outcomes", '["oracle.debt in 2028"]'))
    number = WORLDS if weigh is None else whole(weigh, "weigh", 1)
    runs = [PRIOR, KNOWN, *([THEN] if then else [])]
    total = number + len(runs) * chosen.worlds

    def bar(before: int) -> Progress | None:
        return part_of(progress, before, total)

    calibration = calibrate(
        chosen, fit_until=at, facts=facts, worlds=number, out=_made(folder) / POSTERIOR, progress=bar(0)
    )
    results = [
        run(chosen, out=folder / PRIOR, progress=bar(number)),
        run(
            chosen,
            posterior=calibration.file,
            out=folder / KNOWN,
            progress=bar(number + chosen.worlds),
        ),
    ]
    if then:
        last = bar(number + 2 * chosen.worlds)
        results.append(run(chosen, fork=folder / KNOWN, at=at, set=then, out=folder / THEN, progress=last))
    tables, reasons = _measured(results, wanted)
    headlines = _headlines(tables, results, wanted)
    return KnownLater(
        config=chosen.label,
        at=at,
        changes=tuple(str(change) for change in changed.changes if change not in chosen.changes),
        calibration=calibration,
        headlines=headlines,
        missing=[name for name in wanted if name not in headlines["outcome"].to_list()],
        folder=folder,
        worlds=len(tables[0]),
        seed=chosen.seed,
        until=chosen.until,
        reasons=reasons,
        origin=origin(*results),
    )


def _new(folder: Path) -> Path:
    """A folder that is not there yet, or empty; UserError for any other."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"`out`: {folder} is there and not empty: name a new folder")
    return folder


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"`out`: can't make {folder}: {error.strerror}") from error
    return folder


def _last_known(config: Config, facts: str | Path | None) -> int:
    """The last year that the user's facts are about, or all facts; UserError if that is before the worlds."""
    own = "" if facts is None else f"{Path(facts).expanduser()}:"
    years = [
        row.period.year
        for row in rows(facts)
        if row.kind in HAPPENED and row.period and row.where.startswith(own)
    ]
    if not years or max(years) <= config.start:
        wrong = f"no fact is about a year after {config.start}, at whose end {config.label} starts"
        raise UserError(f"`facts` {facts or ''}: {wrong}; add some, or use an earlier start")
    return max(years)


def _changed(config: Config, then: Mapping[str, Any], at: int) -> Config:
    """The config with a change after a year. UserError if it can't be made there, or nothing comes after it.

    A fork knows that of a folder, so two worlds are run into one that is thrown away.
    """
    if not config.start < at < config.until:
        right = f"use {config.start + 1} to {config.until - 1}"
        raise UserError(f"`at`: {at} is not a year after which {config.label} goes on; {right}")
    if of_all := [f"`then` {key}" for key in then if key in SIZE]:
        raise UserError(f"{', '.join(of_all)}: it is the same in all runs, so give it with `set`")
    try:
        changed = load(config, then)
        with tempfile.TemporaryDirectory() as place:
            two = run(config, worlds=2, out=Path(place) / KNOWN)
            fork_of(two, at, load(changed, {"worlds": 2}))
    except UserError as wrong:
        raise UserError(rewritten(str(wrong), lambda name, _: "`then`" if name == "set" else None)) from wrong
    return changed


def _measured(
    results: Sequence[Results], wanted: Mapping[str, Headline]
) -> tuple[list[pd.DataFrame], Reasons]:
    """The headline outcomes of each run in the worlds that make sense in all of them."""
    reasons = [one.reasons for one in results]
    tables = [measured(wanted)(one) for one in results]
    return in_all(tables, reasons, "for an interval", LEAST_WORLDS), merged(reasons)


def _headlines(
    tables: Sequence[pd.DataFrame], results: Sequence[Results], wanted: Mapping[str, Headline]
) -> pd.DataFrame:
    """One row per outcome: what it is, its quantiles in each run, and what the change adds."""
    prior, known, *forked = tables
    about = [
        {"outcome": name, "short": one.short, "when": one.when, "unit": one.unit, "meaning": one.meaning}
        for name, one in wanted.items()
        if known[name].notna().any()
    ]
    found = pd.DataFrame(about).set_index("outcome", drop=False)
    parts = [found, bands(prior).add_prefix(f"{PRIOR}_"), bands(known).add_prefix(f"{KNOWN}_")]
    for then in forked:
        sharing = [posterior_rows(side, known.index) for side in sides(results[1:], Sample())]
        differs = differences_of_means(known, then, sharing)[["difference", "low", "high", "spread"]]
        parts += [bands(then).add_prefix(f"{THEN}_"), differs]
    return pd.concat([part.reindex(found.index) for part in parts], axis=1).reset_index(drop=True)
