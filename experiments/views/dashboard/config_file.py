"""A page as a config file: `computeshift run FILE` gives the same numbers."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.overlay import setting
from computeshift.experiments.config.years import count_from_start
from computeshift.experiments.errors import Problem, UserError
from computeshift.experiments.views.dashboard.query import Query
from computeshift.experiments.views.dashboard.scenarios import Scenarios

HEAD = "# Saved from the dashboard. Run it with: computeshift run FILE\n"
TOP = ("worlds", "seed", "until")


def config_text(query: Query, scenarios: Scenarios) -> str:
    """The config as YAML: a few lines on a config of the package, or in full; `asks` lists the changes.

    A file or folder of the command line is written in full, since it may not be where the new file will
    be. UserError if the query is wrong, or if no config alone gives these worlds.
    """
    if scenarios.stored(query) and (origin := scenarios.origin(query)):
        wrong = f"this folder is {origin}: a config alone does not give these worlds"
        right = "change a setting to run the config with its own draws"
        raise UserError([Problem("config", "", wrong, right)])
    config = scenarios.config(query)
    if config.changes:
        asks = f"{config.label}: {'; '.join(map(str, config.changes))}"
        config = config.model_copy(update={"asks": asks})
    tree = _in_full(config) if scenarios.is_own(query.config) else _on_top(query, config, scenarios)
    text = io.StringIO()
    yaml = YAML()
    yaml.width = 10_000  # one line per number, as in the package's configs
    yaml.dump(tree, text)
    return HEAD + text.getvalue()


def _on_top(query: Query, config: Config, scenarios: Scenarios) -> dict[str, Any]:
    """The changes, on top of a config of the package."""
    tree: dict[str, Any] = {"asks": config.asks, "extends": query.config}
    tree |= {key: getattr(config, key) for key in TOP}
    below = scenarios.base(query.config).layer().tree
    for key, text in query.settings.items():
        place = setting(key, text, below)
        if isinstance(place, Problem) or key in TOP:
            continue  # the config is sound: only keys above may be left out
        (*owners, last), value = place
        owner = tree
        for step in owners:
            owner = owner.setdefault(str(step), {})
        owner[str(last)] = value
    count_from_start(tree | {"start": config.start})
    return tree


def _in_full(config: Config) -> dict[str, Any]:
    tree = config.layer().tree
    del tree["name"]  # a config's name is its file's
    return tree
