"""CONTRIBUTING.md's recipes, followed in a copy: each works, and touches as many files as it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WHERE = {  # the line before which the recipe's lines stand, or the one that they replace
    "in SHOCKS": ("before", '    "capacity_offer": ShockKind('),
    "in News": ("before", "    def capacity_offer("),
    "in Supply._begin": ("instead", "        power = asked * part(total(asked), self.power)\n"),
    "in Lab": ("before", "    def unit_cost("),
    "in QUESTIONS": ("before", '    Question(\n        "compare",\n'),
    "in imports": ("before", "from computeshift.experiments.views.plots.sankey import"),
    "in __all__": ("before", '    "shares",\n'),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package, to be written into, with what Python has compiled of it."""
    ignored = shutil.ignore_patterns("*.pyc.*")  # a file that is being written
    for folder in ("computeshift", "agents", "environment", "experiments"):
        shutil.copytree(ROOT / folder, tmp_path / folder, symlinks=True, ignore=ignored)
    return tmp_path


def follow(recipe: str, copy: Path, most: int = 20) -> set[str]:
    """Do what a recipe of at most so many lines says; the files that it touched."""
    section = TEXT.partition(f"### {recipe}")[2].partition("\n### ")[0]
    (block,) = re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)
    assert len(block.splitlines()) <= most
    touched = set[str]()
    for spot, lines in re.findall(r"^# (\S+\.\w+(?:, .*)?)\n((?:(?!# \S+\.\w).*\n)+)", block, re.MULTILINE):
        name, _, place = spot.partition(", ")
        touched.add(name)
        if not place:
            (copy / name).write_text(lines, encoding="utf-8")
            continue
        text = (copy / name).read_text(encoding="utf-8")
        if place == "at the end":
            (copy / name).write_text(text + lines, encoding="utf-8")
            continue
        how, line = WHERE[place]
        assert text.count(line) == 1, (place, line)
        (copy / name).write_text(text.replace(line, lines + ("\n" + line if how == "before" else "")))
    return touched


def python(copy: Path, code: str) -> str:
    """What a program prints that imports the copy."""
    before = f"import sys; sys.path.insert(0, {str(copy)!r})\nimport numpy as np\nimport computeshift as cs\n"
    env = os.environ | {"PYTHONPATH": str(copy)}
    done = subprocess.run(
        [sys.executable, "-c", before + code], capture_output=True, text=True, cwd=copy, env=env, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


PLAY = """
def played(config, **settings):
    market = cs.market(config, worlds=40, set={k.replace('__', '.'): v for k, v in settings.items()})
    while market.running:
        market.step()
    return market
"""


def test_a_firm_of_known_roles(copy: Path) -> None:
    assert follow("A firm of known roles", copy) == {"mistral.yaml"}
    code = "m = played('mistral.yaml'); f = m.firms['mistral']; print((f.supplier.fleet.gw > 0).all())"
    assert python(copy, PLAY + code) == "True"


def test_a_kind_of_firm(copy: Path) -> None:
    assert follow("A kind of firm", copy) == {"agents/endowment.py"}
    (copy / "yale.yaml").write_text(
        "extends: six\nfirms:\n  yale: {kind: endowment, initial_budget: 5}\n"
        "edges:\n  - [yale, openai, equity]\n",
        encoding="utf-8",
    )
    code = (
        "run = cs.run('yale.yaml', worlds=40, out='out')\n"
        "from computeshift.experiments.questions.games.payoffs import parts\n"
        "from computeshift.experiments.views.colours import colours\n"
        "print(parts(run, 'yale').columns.tolist(), colours(run.firms)['yale'])"
    )
    assert python(copy, code) == "['stakes', 'paid'] #7F3C8D"


def test_a_strategy(copy: Path) -> None:
    assert follow("A strategy", copy) == {"patient.py"}
    code = (
        "from pathlib import Path\nfrom computeshift.experiments.config.plugins import load_file\n"
        "load_file(Path('patient.py'))\n"
        "usual, patient = played('six'), played('six', softbank__strategy='patient')\n"
        "paid = [m.firms['softbank'].logged('bet_paid') for m in (patient, usual)]\n"
        "print(paid[0].mean() < 0.9 * paid[1].mean())"
    )
    assert python(copy, PLAY + code) == "True"


def test_a_shock(copy: Path) -> None:
    assert follow("A shock", copy) == {"environment/shocks.py", "environment/supply.py"}
    (copy / "dark.yaml").write_text(
        "extends: six\nshocks:\n  power_shortage: {year: 2026, until: 2030, size: 0.5}\n",
        encoding="utf-8",
    )
    code = (
        "run = cs.run('dark.yaml', worlds=40, out='out')\n"
        "usual, dark = played('six'), played('dark.yaml')\n"
        "built = [sum(s.fleet.gw for s in m.suppliers) for m in (usual, dark)]\n"
        "print(built[1].mean() < 0.95 * built[0].mean(), run.market['news_power_shortage'].max())"
    )
    assert python(copy, PLAY + code) == "True 0.5"


def test_a_logged_variable(copy: Path) -> None:
    assert follow("A logged variable", copy) == {"agents/lab.py"}
    code = "print(len(cs.run('six', worlds=20, out='out').variable('openai', 'answer_yield').columns))"
    assert python(copy, code) == "6"


def test_an_outcome(copy: Path) -> None:
    assert follow("An outcome", copy) == {"experiments/results/outcomes.py"}
    code = (
        "short, whole = (cs.run('six', worlds=20, keep=k, out=f'out-{k}') for k in ('summary', 'all'))\n"
        "debt = whole.outcome('oracle_debt')\n"
        "print(debt.equals(whole.variable('oracle', 'debt')), short.outcome('oracle_debt').equals(debt))"
    )
    assert python(copy, code) == "True True"


def test_a_claim(copy: Path) -> None:
    assert follow("A claim", copy) == {"experiments/results/claims.yaml"}
    code = (
        "run = cs.run('six', worlds=40, out='out')\n"
        "known = run.claims().set_index('name').loc['openai_trillion']\n"
        "held = (run.outcome('openai_valuation') > 1000).any(axis=1)\n"
        "print(known['worlds'], known['probability'] == held.mean())"
    )
    assert python(copy, code) == "40 True"


def test_a_question(copy: Path) -> None:
    files = {"questions/spread.py", "views/text/spread.py", "questions/table.py"}
    touched = follow("A question", copy, most=65)
    assert touched == {f"experiments/{file}" for file in files}
    code = (
        "answer = cs.spread('six', 'compute_price', worlds=20)\n"
        "print(len(answer.document()['quantiles']))\n"
        "from computeshift.experiments.cli.main import main\n"
        "main(['spread', 'six', '--outcome', 'compute_price', '--worlds', '20'])"
    )
    count, title, *_ = python(copy, code).splitlines()
    assert (count, title) == ("6", "Over all worlds")
    wrong = (
        "try: cs.spread('six', 'compute_price', worlds=20).plot('picture.png')\n"
        "except cs.UserError as error: print(error)"
    )
    assert python(copy, wrong) == "spread has no figure"


def test_a_picture(copy: Path) -> None:
    files = {"experiments/views/plots/rent.py", "experiments/views/plots/__init__.py"}
    assert follow("A picture", copy) == files
    code = (
        "run = cs.run('six', worlds=20, out='out')\n"
        "picture = cs.plots.rent(run)\n"
        "median = run.market_variable('rent').median()\n"
        "print(np.allclose(picture.table['p50'], median), len(picture._repr_html_()) > 1000)"
    )
    assert python(copy, code) == "True True"
