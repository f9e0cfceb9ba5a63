"""What a side changes: rows of outcomes, claims and edges, from its worlds and those of the first side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.questions.compare.measured import Asked, Edge
from computeshift.experiments.questions.compare.pairs import differences_of_means, differences_of_shares
from computeshift.experiments.results.claims import wilson
from computeshift.experiments.results.quantiles import half_width


class Pair(NamedTuple):
    """The measured worlds of the first side and of another, paired row by row.

    `asked` is what is compared; `name` is the other side's, `same` whether both are the same market with the
    same draws, and `rows` the posterior rows of the worlds of each side that has a posterior.
    """

    asked: Asked
    name: str
    first: pd.DataFrame
    other: pd.DataFrame
    same: bool
    rows: Sequence[pd.Series[int]]

    def of(self, what: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The columns of one kind of quantity, of both."""
        return pd.DataFrame(self.first[what]), pd.DataFrame(self.other[what])


def rows(pairs: Iterable[Pair], of: Callable[[Pair], pd.DataFrame]) -> pd.DataFrame:
    """The rows of all pairs in one table."""
    return pd.concat(map(of, pairs), ignore_index=True)


def outcomes(pair: Pair) -> pd.DataFrame:
    """One row per outcome; no interval where no pair of worlds differs, unless both are the same market."""
    before, after = pair.of("outcome")
    differs = differences_of_means(before, after, pair.rows)
    if not pair.same:
        unseen = (differs["differing"] == 0) & ~differs["constant"]
        differs[["low", "high"]] = differs[["low", "high"]].mask(unseen)
    about = {
        "config": pair.name,
        "outcome": [outcome.name for outcome in pair.asked.outcomes],
        "unit": [outcome.unit for outcome in pair.asked.outcomes],
        "meaning": [outcome.doc for outcome in pair.asked.outcomes],
        "first_median": before.median(),
        "median": after.median(),
        "first_mean": before.mean(),
        "mean": after.mean(),
        "first_error": _error(before),
        "error": _error(after),
    }
    return pd.DataFrame({**about, **differs})


def _error(values: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The Monte Carlo error of each column's median: half its 95% interval."""
    return half_width(values.to_numpy(np.float64), 0.5)


def claims_held(pair: Pair) -> pd.DataFrame:
    """One row per claim; without numbers where a side can't decide it."""
    before, after = pair.of("claim")
    about = {
        "config": pair.name,
        "claim": [claim.name for claim in pair.asked.claims],
        "sentence": [claim.sentence for claim in pair.asked.claims],
        "first_probability": before.mean(),
        "probability": after.mean(),
        "first_error": _error_of_share(before),
        "error": _error_of_share(after),
    }
    return pd.DataFrame({**about, **differences_of_shares(before, after, pair.rows)})


def _error_of_share(held: pd.DataFrame) -> list[float]:
    """The Monte Carlo error of the share of worlds in which each claim holds: half its 95% interval."""
    ends = (wilson(hits, worlds) for hits, worlds in zip(held.sum(), held.count(), strict=True))
    return [(high - low) / 2 for low, high in ends]


def edges(pair: Pair) -> pd.DataFrame:
    """One row per edge that changed, by unit, the largest change first; nothing flows on a cut edge."""
    before, after = pair.of("edge")
    every = pd.Index(list(dict.fromkeys([*before, *after])), tupleize_cols=False)
    before, after = (flows.reindex(columns=every, fill_value=0.0) for flows in (before, after))
    differs = differences_of_means(before, after, pair.rows)
    about = pd.DataFrame([Edge(*edge) for edge in every], columns=list(Edge._fields), index=differs.index)
    means = {"first_mean": before.mean(), "mean": after.mean()}
    table = pd.concat([about, differs], axis=1).assign(config=pair.name, **means)
    changed = table[~(table["exact"] & (table["difference"] == 0))]
    return changed.sort_values("difference", key=abs, ascending=False).sort_values("unit", kind="stable")
