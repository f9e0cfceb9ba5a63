"""The README is true: its code runs, its configs load, its tables are what the program says today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import computeshift as cs
from computeshift.agents.strategy import strategies_of
from docs import readme
from docs.stamps import outdated

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_its_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "readme_example"}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    assert "cautious" in strategies_of("softbank")
    del strategies_of("softbank")["cautious"]
    assert (tmp_path / "network-2030.graphml").exists()


def test_its_configs_run(tmp_path: Path) -> None:
    firm, shocks = blocks("yaml")
    gulf = tmp_path / "gulf.yaml"
    gulf.write_text(firm, encoding="utf-8")
    assert {"qia", "gulf_cloud"} <= set(cs.load(gulf).firms)
    news = tmp_path / "news.yaml"
    news.write_text(f"asks: What if?\nextends: baseline\n{shocks}", encoding="utf-8")
    run = cs.run(news, worlds=20, out=tmp_path / "run")
    assert run.worlds == 20
    assert YAML(typ="safe").load(shocks)["shocks"]["panic"]["probability"] == 0.1


def test_its_tables_are_todays() -> None:
    stand = "\n".join(readme.part(README, name) for name in readme.PARTS)
    assert outdated("readme", stand, readme.few()) == [], "python docs/readme.py writes them anew"
    assert {name: readme.part(README, name) for name in readme.others()} == readme.others()
    assert (ROOT / "docs" / "columns.md").read_text(encoding="utf-8") == readme.columns()
