"""What each number of a config is, in one line: what its declaration says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from computeshift.environment.deals import DEAL_KINDS, LISTED, LISTING
from computeshift.environment.shocks import SHOCKS, STRIKES
from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.deals import DealConfig
from computeshift.experiments.config.names import owner_of
from computeshift.experiments.config.overlay import SECTIONS


def meanings(config: Config) -> dict[str, str]:
    """By its dotted name what each number is; empty where a user's own declaration does not say.

    And of a firm whose kind is not known here.
    """
    owners: dict[str, Mapping[str, str]] = {name: vocabulary.meanings(name) for name in SECTIONS}
    for name, firm in config.firms.items():
        owners[name] = {**vocabulary.meanings(firm.kind), LISTED: LISTING.doc}
    for name, shock in config.shocks.items():
        owners[f"shocks.{name}"] = {"size": SHOCKS[shock.kind].doc, "probability": STRIKES}
    for name, deal in config.deals.items():
        owners[f"deals.{name}"] = _of_deal(deal)
    numbers = {name: _parts(name) for name in config.parameters()}
    return {name: owners[owner].get(key, "") for name, (owner, key) in numbers.items()}


def with_meanings(config: Config) -> dict[str, Any]:
    """The whole config as JSON-ready values, and in each number its `meaning`, None where it has none."""
    tree = config.to_json()
    owners = {name: tree[name] for name in SECTIONS}
    owners |= {name: firm["parameters"] for name, firm in tree["firms"].items()}
    owners |= {f"shocks.{name}": shock for name, shock in tree["shocks"].items()}
    owners |= {f"deals.{name}": deal["parameters"] for name, deal in tree["deals"].items()}
    for name, meaning in meanings(config).items():
        owner, key = _parts(name)
        owners[owner][key]["meaning"] = meaning or None
    return tree


def _of_deal(deal: DealConfig) -> dict[str, str]:
    return {key: DEAL_KINDS[deal.kind].meaning(key) for key in deal.parameters}


def _parts(name: str) -> tuple[str, str]:
    """Whose number it is, and what that calls it."""
    owner = owner_of(name)
    return owner, name.removeprefix(f"{owner}.")
