"""The worlds of a folder without a firm, simulated when a claim that compares with them is evaluated."""

from __future__ import annotations

import warnings

import numpy as np

from computeshift.experiments.config.plugins import own_strategies
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import short
from computeshift.experiments.results.record import Counterparts
from computeshift.experiments.results.stored import StoredRecord
from computeshift.experiments.run.block import counterparts
from computeshift.experiments.run.digest import model
from computeshift.experiments.run.fork import simulation_of


def counterparts_of(results: StoredRecord) -> Counterparts:
    """What claims compare the worlds of a folder with, as a run with `against=True` stores it.

    Nothing, and a warning, where this program would not simulate the same worlds again.
    """
    if (why := _differs(results)) is not None:
        wrong = f"{short(results.folder)}: a claim that compares with a market without a firm is not decided"
        warnings.warn(f"{wrong}, because {why}; run it again", UserWarning, stacklevel=2)
        return {}
    parts = [counterparts(simulation_of(results, block)) for block in results.parts.blocks]
    return {name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]}


def _differs(results: StoredRecord) -> str | None:
    """Why this program would come to other numbers; None if it would not."""
    manifest = results.manifest
    if manifest.model != model():
        return "the folder was run by another version of the model"
    try:
        known = {f"{own.kind}.{own.name}": own.digest for own in own_strategies(results.config)}
    except (KeyError, UserError):
        known = {}
    if known != manifest.strategies:
        return "the folder was run with strategies that are not loaded, or have changed"
    return None
