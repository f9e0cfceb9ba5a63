"""Manifests: written and read the same, and refused with a reason where they are broken, old or not ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import computeshift as cs
from computeshift.experiments.results import manifest as manifests
from computeshift.experiments.results.manifest import FORMAT, MANIFEST, ForkTerms, read_manifest
from tests.experiments.folders import edit, linked, posterior


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cs.run("six", worlds=4, until=2025, block=2, out=tmp_path_factory.mktemp("run") / "o").folder


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return linked(cs.open(folder), tmp_path / "copy").folder


def test_a_manifest_is_written_as_it_is_read(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest
    assert manifest.text() == (folder / MANIFEST).read_text("utf-8")
    document = json.loads(manifest.text())
    assert (document["format"], document["blocks"]) == (FORMAT, [[0, 2], [2, 2]])
    assert manifest.config == cs.load("six", {"worlds": 4, "until": 2025})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"worlds": "many"}, "manifest.json: worlds: 'many' does not belong here: .*valid integer"),
        ({"status": "done"}, "manifest.json: status: 'done' does not belong here: .*'finished'"),
        (
            {"blocks": [[0, 2], [2]]},
            r"blocks: .*\[2\] is not \[first world, number of worlds\]",
        ),
        ({"left_out": {"odd": [[1, 2, 3]]}}, r"manifest.json: left_out.odd.0: \[1, 2, 3\] does not belong"),
        ({"left_out": ["odd"]}, "manifest.json: left_out: "),
        ({"config": {"name": "six"}}, "manifest.json: config.asks: it is missing; restore the file, or"),
        ({"posterior": {"file": 3}}, "manifest.json: posterior.file: 3 does not belong here"),
    ],
)
def test_what_is_wrong_in_a_manifest_is_named(copy: Path, wrong: dict[str, Any], message: str) -> None:
    edit(copy, **wrong)
    with pytest.raises(cs.UserError, match=message):
        cs.open(copy)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"manifest.json:1: it is no JSON: .*; restore the file, or run it again into another folder"),
        ("[" * 100_000, "manifest.json: it is nested too deeply; restore the file, or run it again"),
        ("[]", "is no results folder: computeshift did not write its manifest.json"),
        ('{"versions": 3}', "is no results folder: computeshift did not write its manifest.json"),
    ],
)
def test_a_manifest_of_another_program_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(cs.UserError, match=message):
        cs.open(tmp_path)
    with pytest.raises(cs.UserError, match=message):
        cs.run("six", worlds=2, out=tmp_path)
    assert (tmp_path / MANIFEST).read_text(encoding="utf-8") == text


def test_an_old_folder_is_refused_with_the_version_that_reads_it(copy: Path) -> None:
    document = json.loads((copy / MANIFEST).read_text("utf-8"))
    del document["format"]
    document["versions"]["computeshift"] = "0.1.1"
    (copy / MANIFEST).write_text(json.dumps(document), encoding="utf-8")
    message = r"computeshift 0\.1\.1, an earlier version: computeshift 0\.1\.2 \(commit 9f13755\) reads it"
    with pytest.raises(cs.UserError, match=message):
        cs.open(copy)
    with pytest.raises(cs.UserError, match=message):
        cs.run("six", worlds=4, until=2025, out=copy)
    edit(copy, format=FORMAT + 1)
    with pytest.raises(cs.UserError, match=f"in format {FORMAT + 1}, and this .* {FORMAT}: install a newer"):
        cs.open(copy)


def test_every_earlier_format_has_a_version_that_reads_it() -> None:
    assert list(manifests._READERS) == list(range(1, FORMAT))


def test_a_fork_of_a_fork_was_drawn_from_the_posterior_of_the_first_run(folder: Path, tmp_path: Path) -> None:
    first = ForkTerms(base="first", at=2025, hash="", posterior=posterior("a"), fork=None)
    second = ForkTerms(base="second", at=2026, hash="", posterior=None, fork=first)
    manifest = linked(cs.open(folder), tmp_path / "fork", fork=second).manifest
    assert manifest.source_posterior == posterior("a")
    assert cs.open(folder).manifest.source_posterior is None


def test_terms_differ_by_what_they_say_and_not_by_where_files_lie(folder: Path) -> None:
    manifest = cs.open(folder).manifest
    fork = ForkTerms(base="here", at=2025, hash="", posterior=posterior("a"), fork=None)
    moved = fork.model_copy(
        update={"base": "there", "posterior": posterior("a").model_copy(update={"file": "b"})}
    )
    other = fork.model_copy(update={"posterior": posterior("b")})
    one, same, different = (manifest.model_copy(update={"fork": own}) for own in (fork, moved, other))
    assert one.difference(same) is None
    assert one.difference(different) == "fork"
