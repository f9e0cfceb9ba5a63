"""Completion in the shell: names of configs and folders, and settings."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any

from computeshift.experiments.errors import UserError


def configs_and_folders(incomplete: str) -> list[str]:
    """Configs, YAML files and folders that begin so."""
    from computeshift.experiments.config.source import names

    files = [Path(name) for name in glob.glob(f"{glob.escape(incomplete)}*")]
    found = [f"{file}/" if file.is_dir() else str(file) for file in files]
    return [
        *(name for name in names() if name.startswith(incomplete)),
        *sorted(name for name in found if name.endswith(("/", ".yaml", ".yml"))),
    ]


def settings_of(ctx: Any, incomplete: str) -> list[str]:
    """Strategies (`FIRM.strategy=NAME`), keys of parameters (`FIRM.NAME=`) and of deals that begin so.

    They are those of the config that the command names so far; `ctx` is its context.
    """
    from computeshift.agents.strategy import strategies_of
    from computeshift.experiments.config.load import load

    given = ctx.params.get("config") or ctx.params.get("source") or ctx.params.get("sources") or "baseline"
    try:
        config = load(given if isinstance(given, str) else given[0], base=ctx.params.get("base"))
    except UserError:
        return []
    played = [f"{n}.strategy={s}" for n, firm in config.firms.items() for s in strategies_of(firm.kind)]
    numbers = [f"{name}=" for name in config.parameters()]
    loadings = [f"factors.{f}.{name}=" for f, factor in config.factors.items() for name in factor.loadings]
    dates = [f"deals.{name}.{key}=" for name, deal in config.deals.items() for key in deal.settings()]
    return [text for text in (*played, *numbers, *loadings, *dates) if text.startswith(incomplete)]
