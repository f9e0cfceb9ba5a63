"""The guide is true: its output is today's, its Python runs, every question has a page."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from computeshift.agents import strategy
from computeshift.experiments.questions.evidence import fitting
from computeshift.experiments.questions.sensitivity.sensitivity import BASES
from computeshift.experiments.questions.table import QUESTIONS
from docs.stamps import outdated

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "guide").glob("*.md"))


@pytest.fixture(scope="module")
def guide() -> ModuleType:
    spec = importlib.util.spec_from_file_location("guide", ROOT / "docs" / "guide.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_question_has_its_page(guide: ModuleType) -> None:
    index = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    for page in PAGES:
        assert f"(guide/{page.name})" in index
    assert guide.index() in index
    for question in QUESTIONS:
        page = ROOT / "docs" / "guide" / f"{question.name}.md"
        assert [words[0] for words in guide.commands(page)].count(question.command), page


def test_its_pictures_are_there_and_are_drawn_by_its_commands(guide: ModuleType) -> None:
    for page in PAGES:
        shown = re.findall(rf"!\[[^]]+\]\(({page.stem}/[^)]+)\)", page.read_text(encoding="utf-8"))
        drawn = [
            f"{page.stem}/{word}" for words in guide.commands(page) for word in words if word.endswith(".svg")
        ]
        assert shown == drawn, page
        for name in shown:
            assert (page.parent / name).stat().st_size < 200_000


def test_a_page_has_files_and_shows_a_part_of_an_answer(guide: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```csv a.csv\nentity,value\n```\n\n```yaml\n# b.yaml\nextends: today\n```\n\n"
        "```console\n$ computeshift check b.yaml today | grep today:\n```\n",
        encoding="utf-8",
    )
    guide.write_files(page, tmp_path)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "entity,value\n"
    assert (tmp_path / "b.yaml").read_text(encoding="utf-8") == "# b.yaml\nextends: today\n"
    (words,) = guide.commands(page)
    assert words == ["check", "b.yaml", "today"]
    assert re.search(r"\$ \S+ check .*\ntoday: valid [^\n]+\n```", guide.current(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_output_is_todays(guide: ModuleType, page: Path) -> None:
    if page.stem in guide.FEW:
        assert outdated(page.stem, guide.outputs(page), guide.few(page)) == []  # docs/guide.py writes it anew
    else:
        assert guide.current(page) == page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [*PAGES, ROOT / "docs" / "scale.md"], ids=lambda page: page.stem)
def test_its_python_runs(
    guide: ModuleType, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With fewer worlds, levers and breaks than by default: its commands show what the defaults give."""
    known = {kind: dict(own) for kind, own in strategy._registry.items()}
    monkeypatch.setattr(strategy, "_registry", known)  # what a page registers ends with it
    monkeypatch.setattr(fitting, "WORLDS", 2_000)
    monkeypatch.setitem(BASES, "sobol", 32)
    monkeypatch.chdir(tmp_path)
    guide.write_files(page, tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    with guide.first_ones():
        for block in blocks:
            exec(compile(block, page.name, "exec"), names)
