"""axe-core, which looks through a page for what keeps people from using it."""

from __future__ import annotations

import os
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page

PACKAGE = "axe_playwright_python"
"""It ships axe-core's script: nothing is asked of the network."""
GRAVE = ("serious", "critical")


def script() -> str:
    """The source of axe-core. Where it is not installed, tests skip; under `CI=true` they fail."""
    try:
        return files(PACKAGE).joinpath("axe.min.js").read_text("utf-8")
    except ModuleNotFoundError:
        missing = "axe-core is not installed: pip install axe-playwright-python"
    if os.environ.get("CI") == "true":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


def findings(page: Page, source: str, **rules: bool) -> list[str]:
    """What axe-core finds serious or critical on the page as it stands.

    By all rules, but for those that are False; or by those that are True alone.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(source)
    only = [rule for rule, wanted in named(rules).items() if wanted]
    options: dict[str, Any] = {
        "resultTypes": ["violations"],
        "rules": {rule: {"enabled": wanted} for rule, wanted in named(rules).items()},
    }
    found: Any = page.evaluate(
        "options => axe.run(document, options)", options | ({"runOnly": only} if only else {})
    )
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:120]}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def named(rules: dict[str, bool]) -> dict[str, bool]:
    """Rules as axe-core writes their names.

    >>> named({"color_contrast": True})
    {'color-contrast': True}
    """
    return {rule.replace("_", "-"): wanted for rule, wanted in rules.items()}
