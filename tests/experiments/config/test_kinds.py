"""Folders of a kind of firm from the user's file, and firms of several roles: every question and picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import computeshift as cs
from computeshift.agents import KINDS
from computeshift.experiments.cli import main as cli
from computeshift.experiments.results.results import Results
from computeshift.experiments.views import plots
from computeshift.experiments.views.dashboard import knobs
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.tabs import TABS, Runs
from computeshift.experiments.views.dashboard.variables import meanings
from computeshift.experiments.views.plots.layout import column_of

FUND = '''
from dataclasses import dataclass

from computeshift.agents.investor import Investor, InvestorDials, InvestorParameters
from computeshift.agents.kinds import kind
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.log import logged
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class FundParameters(InvestorParameters):
    """An investor that may spend what oil earned."""

    oil_income: Array = bounded(0, 1000)


@kind("fund", label="Fund", colour="#7F3C8D")
class Fund(Investor):
    """A sovereign fund."""

    Parameters = FundParameters
    given: FundParameters
    oil: Array = logged("$ bn", "income from oil this year")

    def found(self) -> None:
        super().found()
        self.oil = self.nothing

    def means(self) -> Array:
        self.oil = self.given.oil_income
        return super().means() + self.oil


@strategy("fund", "bold")
class Bold(InvestorDials, Strategy):
    """Twice the budget."""

    appetite = 2.0
'''
NORGES = """
extends: six
firms:
  norges:
    kind: fund
    sponsor_share: {unit: share, central: 0, shape: fixed, assumed: "because"}
    initial_budget: {unit: $ bn per year, low: 2, central: 5, high: 9, assumed: "because"}
    oil_income: {unit: $ bn per year, low: 5, central: 6, high: 8, assumed: "because"}
edges:
  - [norges, openai, equity]
"""
ACME = """
extends: six
firms:
  acme: {kind: [lab, cloud]}
edges:
  - [acme, customers, services]
  - [acme, acme, capacity]
  - [other_cloud, acme, capacity]
  - [acme, rival_lab, capacity]
  - [investors, acme, equity]
  - [lenders, acme, debt]
"""
SEVERAL = """
import sys
from computeshift.experiments.cli.main import main
for words in sys.argv[1:]:
    try:
        main(words.split())
    except SystemExit as left:
        if left.code:
            raise
"""
"""The commands of a user, in a process that starts once."""


def elsewhere(home: Path, *commands: str) -> str:
    """What commands print in a folder, in a process of their own: here nobody knows its `fund.py`."""
    call = [sys.executable, "-c", SEVERAL, *commands]
    return subprocess.run(call, cwd=home, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What two runs with `--load fund.py` left."""
    home = tmp_path_factory.mktemp("fund")
    (home / "fund.py").write_text(FUND, encoding="utf-8")
    (home / "fund.yaml").write_text(NORGES, encoding="utf-8")
    ask = "run fund.yaml --load fund.py --worlds 30 --set norges.strategy={0} --out {0}"
    elsewhere(home, *map(ask.format, ("default", "bold")))
    return home / "default", home / "bold"


def exit_of(*arguments: str) -> int:
    """What the command line exits with; 0 where it just ends."""
    try:
        cli.main(arguments)
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.mark.parametrize(
    "ask",
    [
        ("report", "{0}", "{1}", "-o", "{home}/report.html", "--force"),
        ("risk", "{0}"),
        ("explain", "{0}", "--firm", "norges", "--year", "2027"),
        ("compare", "{0}", "{1}"),
    ],
    ids=lambda ask: ask[0],
)
def test_a_folder_of_a_kind_that_is_not_known_here_answers(
    folders: tuple[Path, Path], ask: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "fund" not in KINDS
    assert exit_of(*(part.format(*folders, home=folders[0].parent) for part in ask)) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_such_a_folder_has_every_fan_and_every_tab(folders: tuple[Path, Path]) -> None:
    results, other = map(cs.open, folders)
    assert not knobs.knobs(results.config)["norges.oil_income"].meaning
    offered = meanings(results)
    assert offered["norges.oil"].endswith("income from oil this year ($ bn, norges.oil)")
    for name in offered:
        assert plots.fan(results, name).table.shape[1] > 1
    assert plots.fan(results, "norges.oil").title == "Norges: income from oil this year"
    assert results.variable("norges", "oil").to_numpy().min() >= 5
    all_tabs_have_pictures(results, other)


def all_tabs_have_pictures(results: Results, against: Results | None = None) -> None:
    for tab in TABS.values():
        pictures = tab.pictures(Runs(results, against), Selection(year=2030))
        assert [name for name, picture in pictures.items() if picture.missing] == []


def test_its_strategies_need_the_file(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    named = list(map(str, folders))
    for ask in (["strategies", "norges", *named], ["game", "--players", "norges,openai", *named]):
        assert exit_of(*ask) == 2
        wrong = "the kind of norges, 'fund', is not known here: import or --load the file with it"
        assert capsys.readouterr().err.splitlines() == [wrong]
    asks = ("strategies norges default bold", "risk default", "show fund.yaml")
    told = elsewhere(folders[0].parent, *(f"{ask} --load fund.py" for ask in asks))
    assert "bold" in told
    assert "Contagion" in told
    words = " ".join(told.split())
    assert "budget_growth Growth of its budget for investments" in words
    assert "oil_income 5 | 6 | 8 $ bn per year" in words  # its author says no meaning


@pytest.mark.parametrize(
    "command", ["report", "risk", "compare", "dashboard", "explain --firm norges --year 2027"]
)
def test_every_command_takes_the_file(
    folders: tuple[Path, Path], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_of(*command.split(" "), str(folders[0]), "--load", "none.py") == 2
    assert "--load none.py: there is no such file" in capsys.readouterr().err


def test_a_config_of_such_a_kind_asks_for_the_file(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_of("check", str(folders[0].parent / "fund.yaml")) == 2
    assert capsys.readouterr().err.rstrip().endswith("; or import or --load the file with it")


def test_a_firm_of_two_roles_is_in_every_picture(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(ACME, encoding="utf-8")
    results = cs.run(file, worlds=5, out=tmp_path / "run")
    all_tabs_have_pictures(results)
    assert results.firms["acme"] == "cloud+lab"
    assert [column_of(name, results.firms) for name in ("acme", "other_cloud", "rival_lab")] == [1, 1, 2]
    for name in meanings(results):
        if name.startswith("acme."):
            plots.fan(results, name)
    assert "acme.initial_gw" in knobs.knobs(results.config)
    assert plots.limits(results, "acme").title == "What limited acme"
    assert cs.report(results, tmp_path / "report.html").is_file()
