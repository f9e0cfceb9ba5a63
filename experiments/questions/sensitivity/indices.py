"""Sensitivity indices of any function of a design: Sobol and Morris, and RBD-FAST from given data."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.questions.sensitivity.balance import first_order, spread
from computeshift.experiments.results.claims import Z_95
from computeshift.experiments.run.joint import Joint

Numbers = npt.NDArray[np.float64]
Play = Callable[[Iterable[pd.DataFrame]], Iterable[Numbers]]
"""Outcomes `(outcomes, rows)` of designs, consecutive worlds with all their parameters; NaN where unknown."""
Groups = Mapping[str, Sequence[str]]
"""By name, the inputs that a group has; every input is in one of them."""

LUCK = "luck"
"""The factor of random draws: the world that a row has them of."""
LEAST_WORLDS = 500  # of given data: with fewer, noise hides a parameter that makes 4% of the variance
_LEVELS = 4  # of Morris's grid
_ROWS = 2_048  # of trajectories, whose parameters are made at once
_RESAMPLES = 100  # of RBD-FAST: halves of the worlds, for its intervals
_INERT = 1000  # made-up parameters that show how large an index gets by chance


@dataclass(frozen=True)
class Indices:
    """What a method finds: one row per factor, the most important first; no rows if nothing varies.

    `table` has the method's measures under SALib's names, where `NAME_conf` is half a 95% interval,
    then `low_fifth` and `high_fifth`: the mean outcome where the factor is in that fifth of its
    range (random draws have none, groups no such columns). `samples` are the rows (Sobol), trajectories
    (Morris) or worlds (RBD-FAST) that count, `left_out` those with an unknown outcome. `sum_s1` comes with
    half its 95% interval; `noise` is the largest index among parameters that do nothing. `draws`, of Morris
    only, is the mean difference of two worlds of equal parameters and other random draws, with half its 95%
    interval.
    """

    table: pd.DataFrame
    mean: float
    deviation: float
    samples: int
    left_out: int
    sum_s1: tuple[float, float] | None = None
    noise: float | None = None
    draws: tuple[float, float] | None = None


def sobol(joint: Joint, play: Play, base: int, seed: int, groups: Groups | None = None) -> list[Indices]:
    """Shares of variance, first order `S1` and total `ST` (Saltelli et al. 2010), random draws a factor.

    Two samples of a scrambled Sobol sequence, `base` rows each (a power of two): A in the worlds
    0 to base - 1, B in those that follow. A with the inputs of one group from B, for every group; and
    A's parameters in B's worlds, which moves random draws alone: base x (groups + 3) worlds. Without
    `groups`, each independent input of `joint` is one. Each outcome has the indices that it would have
    alone: one design serves all.
    """
    from scipy.stats import qmc

    rng, count = _generator(seed), len(joint.inputs)
    own = {name: [name] for name in joint.inputs} if groups is None else groups
    unit = qmc.Sobol(2 * count, seed=rng).random(base)
    unit_a, unit_b = unit[:, :count], unit[:, count:]
    a, b = _table(joint, unit_a, first_world=0), _table(joint, unit_b, first_world=base)

    def exchanged(members: Sequence[str]) -> pd.DataFrame:
        """A with these inputs of B: columns, or what factors and residuals move."""
        if all(name in a for name in members):
            return a.assign(**{name: b[name] for name in members})
        mixed, places = unit_a.copy(), [joint.inputs.index(name) for name in members]
        mixed[:, places] = unit_b[:, places]
        return _table(joint, mixed, first_world=0)

    outcomes = [*play([a, b])]
    if any(_varies(pair) for pair in _of_each(outcomes)):
        outcomes += play(exchanged(members) for members in [*own.values(), ["world"]])
    quantiles = None if groups is not None else unit.reshape(base, 2, count)
    return [_sobol([*own], runs, quantiles, copy.deepcopy(rng)) for runs in _of_each(outcomes)]


def _sobol(names: list[str], runs: Numbers, quantiles: Numbers | None, rng: np.random.Generator) -> Indices:
    """The indices of one outcome from the runs of a design `(runs, rows)`: A, B, the exchanges."""
    from SALib.analyze import sobol as analysis

    if not _varies(runs[:2]):
        return _nothing(*_complete(runs[:2]))
    played, complete = _complete(runs)
    if not _varies(played[:2]):
        return _nothing(played[:2], complete)
    ordered = np.stack([played[0], *played[2:], played[1]], axis=1).ravel()
    found = analysis.analyze(
        _problem([*names, LUCK]), ordered, calc_second_order=False, keep_resamples=True, seed=rng
    )
    return _indices(
        names,
        {name: found[name] for name in ("ST", "ST_conf", "S1", "S1_conf")},
        None if quantiles is None else np.concatenate([*quantiles[complete].swapaxes(0, 1)]),
        played[:2].ravel(),
        complete,
        sum_s1=(float(found["S1"].sum()), Z_95 * float(found["S1_conf_all"].sum(axis=1).std(ddof=1))),
    )


def morris(joint: Joint, play: Play, base: int, seed: int) -> list[Indices]:
    """Elementary effects (Morris 1991; `mu_star` by Campolongo et al. 2007), and random draws.

    `base` trajectories over a grid of four levels, from each input's P5 to its P95; an effect is the
    change of the outcome over that whole range. A trajectory first changes its world, which moves random
    draws alone, then its independent inputs one by one: base x (inputs + 2) worlds. Random
    draws have no range to move over, so they are no factor: `draws` is their mean effect.
    Each outcome has the measures that it would have alone.
    """
    from SALib.sample.morris import sample

    rng, count = _generator(seed), len(joint.inputs)
    grid = {"num_vars": count, "names": joint.inputs, "bounds": [[0.05, 0.95]] * count}
    points = sample(grid, base, num_levels=_LEVELS, seed=rng).reshape(base, count + 1, count)
    elsewhere = _table(joint, points[:, 0], first_world=0)
    outcomes = [*play(itertools.chain([elsewhere], _trajectories(joint, points)))]
    return [_morris(joint.inputs, runs, points, copy.deepcopy(rng)) for runs in _of_each(outcomes)]


def _morris(names: list[str], runs: Numbers, points: Numbers, rng: np.random.Generator) -> Indices:
    """The measures of one outcome from the runs `(runs, trajectories)`: elsewhere, then point by point."""
    from SALib.analyze import morris as analysis

    played, complete = _complete(runs)
    if not _varies(played):
        return _nothing(played, complete)
    moves, outcome = points[complete].reshape(-1, len(names)), played[1:].T.ravel()
    found = analysis.analyze(_problem(names), moves, outcome, num_levels=_LEVELS, seed=rng)
    kept = ("mu_star", "mu_star_conf", "mu", "sigma")
    measures = {name: np.asarray(found[name], dtype=np.float64) for name in kept}
    apart = np.abs(played[1] - played[0])
    draws = (float(apart.mean()), Z_95 * float(apart.std(ddof=1)) / math.sqrt(apart.size))
    return _indices(names, measures, moves, outcome, complete, draws=draws)


def rbd_fast(design: pd.DataFrame, outcome: Numbers, seed: int) -> Indices:
    """First-order shares of variance `S1` from worlds that were drawn at random.

    Random balance designs (Tarantola et al. 2006) read from given data (Plischke 2010), corrected
    for bias (Tissot and Prieur 2012). `design` has one row per world and one column per independent input.
    """
    played, complete = _complete(outcome[np.newaxis])
    if not _varies(played):
        return _nothing(played, complete)
    sample, rng = design[complete], _generator(seed)
    inert, columns = rng.random((len(sample), _INERT)).T, sample.to_numpy(np.float64).T
    halves = rng.spawn(1)[0]
    spreads = [spread(column, played[0], _RESAMPLES, halves) for column in columns]
    measures = {"S1": first_order(columns, played[0]), "S1_conf": Z_95 * np.array(spreads)}
    quantiles = sample.rank(pct=True).to_numpy()
    noise = float(first_order(inert, played[0]).max())
    return _indices(map(str, sample), measures, quantiles, played[0], complete, noise=noise)


def _table(joint: Joint, unit: Numbers, first_world: int) -> pd.DataFrame:
    """The parameters at these quantiles `(rows, inputs)`; the `world` column is random draws."""
    places = {name: i for i, name in enumerate(joint.inputs)}
    columns = joint.columns(lambda name: unit[:, places[name]])
    own = {name: columns[name] for name in joint.parameters}
    return pd.DataFrame({**own, "world": np.arange(first_world, first_world + len(unit))})


def _trajectories(joint: Joint, points: Numbers) -> Iterator[pd.DataFrame]:
    """The parameters of all trajectories, step by step; `points` are `(trajectories, steps, inputs)`.

    Steps are tables of a few rows: many are made at once, which takes hardly longer than one.
    """
    base, steps, count = points.shape
    together = max(_ROWS // base, 1)
    for first in range(0, steps, together):
        some = points[:, first : first + together].swapaxes(0, 1)
        table = _table(joint, some.reshape(-1, count), first_world=0)
        table["world"] = np.tile(np.arange(base, 2 * base), len(some))
        yield from (table.iloc[at : at + base] for at in range(0, len(table), base))


def _problem(factors: Iterable[str]) -> dict[str, Any]:
    names = list(factors)
    return {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def _of_each(outcomes: Sequence[Numbers]) -> Numbers:
    """Outcomes of each design `(outcomes, rows)` by outcome: `(outcomes, designs, rows)`."""
    return np.stack(outcomes, axis=1)


def _complete(outcomes: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Outcomes `(runs, samples)` of the samples with all their runs known, and which these are."""
    complete = np.asarray(np.isfinite(outcomes).all(axis=0))
    return outcomes[:, complete], complete


def _varies(outcomes: Numbers) -> bool:
    known = outcomes[np.isfinite(outcomes)]
    return known.size > 2 and bool(np.ptp(known) > 0)


def _nothing(outcome: Numbers, complete: npt.NDArray[np.bool_]) -> Indices:
    mean = float(outcome.mean()) if outcome.size else math.nan
    return Indices(pd.DataFrame(), mean, 0.0, int(complete.sum()), int((~complete).sum()))


def _indices(
    parameters: Iterable[str],
    measures: Mapping[str, Numbers],
    quantiles: Numbers | None,
    outcome: Numbers,
    complete: npt.NDArray[np.bool_],
    sum_s1: tuple[float, float] | None = None,
    noise: float | None = None,
    draws: tuple[float, float] | None = None,
) -> Indices:
    """The measures of all factors in order, with the mean outcome in the outer fifths of inputs."""
    names = list(parameters)
    table = pd.DataFrame({name: np.asarray(values) for name, values in measures.items()})
    table.index = pd.Index([*names, LUCK][: len(table)], name="factor")
    if quantiles is not None:
        for side, inside in (("low_fifth", quantiles <= 0.2), ("high_fifth", quantiles >= 0.8)):
            means = [outcome[rows].mean() if rows.any() else math.nan for rows in inside.T]
            table[side] = pd.Series(means, index=names)
    return Indices(
        table.sort_values(str(table.columns[0]), ascending=False, kind="stable"),
        mean=float(outcome.mean()),
        deviation=float(outcome.std()),
        samples=int(complete.sum()),
        left_out=int((~complete).sum()),
        sum_s1=sum_s1,
        noise=noise,
        draws=draws,
    )
