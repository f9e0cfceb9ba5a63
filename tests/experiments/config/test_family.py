"""Labs that share models: what a config may say of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.run.design import design, setup

TIES = "edges:\n  - [oracle, acme, capacity]\n  - [acme, customers, services]\n"


def config(folder: Path, family: str, more: str = "") -> Path:
    file = folder / "mine.yaml"
    acme = f"  acme: {{kind: lab, strategy: default, initial_cash: 1, family: {family}}}\n"
    file.write_text(f"extends: six\nfirms:\n{acme}{more}{TIES}", encoding="utf-8")
    return file


def test_a_lab_shares_the_models_of_another_under_the_name_of_its_draws(tmp_path: Path) -> None:
    loaded = load(config(tmp_path, "rival_lab"))
    firms = {firm.name: firm for firm in setup(loaded, design(loaded, worlds=1)).firms}
    assert (firms["acme"].family, firms["rival_lab"].family) == ("rival_lab", "rival_lab")
    assert firms["acme"].stream == "acme"


@pytest.mark.parametrize(
    ("family", "more", "wrong"),
    [
        ("rival_lap", "", r"mine\.yaml:3: firms\.acme\.family: there is no firm 'rival_lap'; did you mean"),
        ("acme", "", "acme can't share its own models; name another lab, or leave it out"),
        ("softbank", "", "acme and softbank are not both labs; leave it out"),
        (
            "twin",
            "  twin: {kind: lab, strategy: default, family: rival_lab}\n",
            "twin shares models of another lab itself; name that lab",
        ),
    ],
)
def test_a_mistake_is_named_where_it_stands(family: str, more: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=wrong):
        load(config(tmp_path, family, more))
