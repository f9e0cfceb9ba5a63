"""What numbers are of is said in a line: scenario, changes, worlds, seed, version."""

from __future__ import annotations

from pathlib import Path

from computeshift.experiments.config.load import load
from computeshift.experiments.run.job import versions
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.run import run

VERSION = f"computeshift {versions()['computeshift'] or 'from source'}"


def test_a_folder_is_of_what_its_config_is_of(tmp_path: Path) -> None:
    config = load("baseline", {"worlds": 4, "seed": 3, "until": 2026, "softbank.strategy": "prudent"})
    said = origin(config)
    change = "SoftBank's strategy: prudent (instead of vision)"
    assert said == f"baseline, 1 change [{change}]; 4 worlds, seed 3; {VERSION}"
    assert origin(run(config, out=tmp_path / "run")) == said


def test_sources_of_one_sample_are_named_together_and_others_apart() -> None:
    base, other = (load(name, {"worlds": 4, "seed": 1}) for name in ("baseline", "no_mgx"))
    assert origin(base, other, base) == f"baseline and no_mgx; 4 worlds, seed 1; {VERSION}"
    larger = origin(base, load("no_mgx", {"worlds": 1000, "seed": 1}))
    assert larger.split(" | ")[1] == f"no_mgx; 1,000 worlds, seed 1; {VERSION}"


def test_of_many_changes_four_are_listed() -> None:
    firms = ("openai", "microsoft", "softbank", "oracle", "rival_lab")
    said = origin(load("baseline", {f"{firm}.initial_cash": 1.5 for firm in firms}))
    assert said.startswith("baseline, 5 changes [")
    assert said.count("initial cash") == 4
    assert "; …]" in said


def test_what_varies_is_no_change() -> None:
    config = load("baseline", {"worlds": 4, "openai.strategy": "stay", "softbank.ltv_limit": 0.2})
    said = origin(config, varied=["softbank.ltv_limit"])
    assert said.startswith("baseline, 1 change [OpenAI's strategy: stay (instead of shift)]; 4 worlds")
