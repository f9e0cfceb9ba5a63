"""Whether results folders hold the same worlds of the same config, but for some firms' strategies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeshift.experiments.config.config import LABELS, first_difference
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.manifest import PosteriorTerms
from computeshift.experiments.results.results import Results


def must_pair(first: Results, other: Results, players: Sequence[str]) -> None:
    """UserError unless two folders hold the same worlds of the same config but for players' strategies."""
    pair = f"{first.folder} and {other.folder} do not pair"
    for key, name in (("seed", "seed"), ("worlds_done", "worlds"), ("until", "last year")):
        mine, theirs = (getattr(one.manifest, key) for one in (first, other))
        if mine != theirs:
            raise UserError(f"{pair}: the {name} is {mine} in one and {theirs} in the other")
    laid, other_laid = (results.manifest.posterior for results in (first, other))
    if (laid and laid.sha256) != (other_laid and other_laid.sha256):
        told = f"{_posterior(laid)} in one and {_posterior(other_laid)} in the other"
        raise UserError(f"{pair}: parameters are drawn from {told}")
    mine, theirs = (_rest(results, players) for results in (first, other))
    if (where := first_difference(mine, theirs)) is not None:
        raise UserError(f"{pair}: {where} is not the same; only strategies of the players may differ")


def _posterior(laid: PosteriorTerms | None) -> str:
    return f"the posterior {laid.file} ({laid.sha256[:8]})" if laid else "the config"


def _rest(results: Results, players: Sequence[str]) -> dict[str, Any]:
    """A folder's config without its labels and the players' strategies."""
    config = {k: v for k, v in results.config.to_json().items() if k not in LABELS}
    firms = {
        name: {key: value for key, value in firm.items() if key != "strategy" or name not in players}
        for name, firm in config["firms"].items()
    }
    return {**config, "firms": firms}
