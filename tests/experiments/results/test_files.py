"""Files for a user: the right name, over nothing but our own, found before the work, whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest

import computeshift as cs
from computeshift.experiments.results.files import NETWORK, PICTURE, POSTERIOR, REPORT, Kind, writable
from computeshift.experiments.views.report.report import report

Write = Callable[[Path, bool], Path]


@pytest.fixture(scope="module")
def writers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Write]:
    """Each way to write a file, by the name of a file that it writes."""
    place = tmp_path_factory.mktemp("runs")
    run = cs.run("six", worlds=40, out=place / "run")
    early = cs.run("end_of_2022", worlds=1_000, set={"until": 2024}, out=place / "early")
    deals = cs.deals(run)
    return {
        "report.html": lambda file, force: report(run, file, force=force),
        "picture.html": lambda file, force: deals.plot(file, force=force),
        "picture.svg": lambda file, force: deals.plot(file, force=force),
        "picture.png": lambda file, force: deals.plot(file, force=force),
        "2028.graphml": lambda file, force: run.write_graphml(file, 2028, force=force),
        "posterior.parquet": lambda file, force: _calibrated(early, file, force),
    }


def _calibrated(early: cs.Results, file: Path, force: bool) -> Path:
    written = cs.calibrate(early, fit_until=2024, out=file, force=force).file
    assert written is not None
    return written


NAMES = ("report.html", "picture.html", "picture.svg", "picture.png", "2028.graphml", "posterior.parquet")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_goes_over_its_own_kind_and_over_no_other(
    writers: dict[str, Write], name: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    assert writers[name](file, False) == file
    first = file.read_bytes()
    assert writers[name](file, False) == file
    for foreign in (b"", b"mine\n" * 40, b"\x89PNG\r\n\x1a\n" + b"\0" * 60):
        file.write_bytes(foreign)
        with pytest.raises(cs.UserError, match=r"exists and is not a .* made by computeshift.*`force=True`"):
            writers[name](file, False)
        assert file.read_bytes() == foreign
    writers[name](file, True)
    assert file.stat().st_size == pytest.approx(len(first), rel=0.1)
    assert [left.name for left in tmp_path.iterdir()] == [name]


def test_a_picture_does_not_go_over_a_report(writers: dict[str, Write], tmp_path: Path) -> None:
    file = tmp_path / "it.html"
    writers["report.html"](file, False)
    with pytest.raises(cs.UserError, match="not a picture made by computeshift"):
        writers["picture.html"](file, False)
    writers["picture.html"](file, True)
    with pytest.raises(cs.UserError, match="not a report made by computeshift"):
        writers["report.html"](file, False)


def test_a_network_keeps_what_it_says_beside_its_mark(writers: dict[str, Write], tmp_path: Path) -> None:
    graph = nx.read_graphml(writers["2028.graphml"](tmp_path / "2028.graphml", False))
    told = {"year": 2028, "world": "0", "config": "six", "generator": "computeshift network"}
    assert graph.graph.items() >= told.items()


def test_a_folder_s_manifest_is_out_of_reach_even_by_force(tmp_path: Path) -> None:
    run = cs.run("six", worlds=40, out=tmp_path / "run")
    for force in (False, True):
        with pytest.raises(cs.UserError, match=r"wrong suffix; a report is FILE\.html"):
            report(run, tmp_path / "run" / "manifest.json", force=force)
    part = next((tmp_path / "run" / "design").iterdir())
    with pytest.raises(cs.UserError, match="not a posterior made by computeshift"):
        writable(part, POSTERIOR)
    assert cs.open(tmp_path / "run").worlds == 40


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("nowhere/a.html", REPORT, "there is no folder nowhere; make it first"),
        ("plain.txt/a.html", REPORT, "there is no folder plain.txt"),
        ("/proc/a.html", REPORT, "can't write in /proc"),
        ("here.html", REPORT, "here.html is a folder; name a file, such as here.html/report.html"),
        ("here.html", PICTURE, "here.html is a folder; name a file, such as here.html/picture.html"),
        ("full.png", PICTURE, "full.png is not a regular file"),
        ("/dev/full", NETWORK, r"wrong suffix; a network is FILE\.graphml"),
        ("a", PICTURE, r"wrong suffix; a picture is FILE\.html, FILE\.svg or FILE\.png"),
    ],
)
@pytest.mark.parametrize("force", [False, True])
def test_what_cannot_be_written_is_found_before(
    name: str, kind: Kind, message: str, force: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.html").mkdir()
    Path("plain.txt").touch()
    Path("full.png").symlink_to("/dev/full")
    with pytest.raises(cs.UserError, match=message):
        writable(name, kind, force)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["full.png", "here.html", "plain.txt"]


def test_no_work_is_done_for_a_file_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("work began")

    monkeypatch.setattr("computeshift.experiments.views.report.report.open_results", never)
    monkeypatch.setattr("computeshift.experiments.questions.evidence.fitting.fit", never)
    with pytest.raises(cs.UserError, match="there is no folder"):
        report("results", tmp_path / "nowhere" / "a.html")
    with pytest.raises(cs.UserError, match="`out`: there is no folder"):
        cs.calibrate(out=tmp_path / "nowhere" / "a.parquet")


def test_a_failure_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    old = f"<head>{REPORT.marks['.html']}</head>"
    file.write_text(old, encoding="utf-8")
    file.chmod(0o600)

    def cut_off(half: Path) -> None:
        half.write_text("half of", encoding="utf-8")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(cs.UserError, match=r"can't write .*a\.html: No space left on device"):
        writable(file, REPORT).write(cut_off)
    assert file.read_text("utf-8") == old
    assert list(tmp_path.iterdir()) == [file]
    writable(file, REPORT).write(lambda half: half.write_text("new", encoding="utf-8"))
    assert (file.read_text("utf-8"), file.stat().st_mode & 0o777) == ("new", 0o600)


def test_a_link_still_points_to_the_file_that_is_written(tmp_path: Path) -> None:
    (tmp_path / "link.html").symlink_to("real.html")
    writable(tmp_path / "link.html", REPORT).write(lambda half: half.write_text("new", encoding="utf-8"))
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "real.html").read_text("utf-8") == "new"


def test_a_read_only_file_is_replaced_by_force_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.html"
    file.write_text(f"<head>{REPORT.marks['.html']}</head>", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write any file
    with pytest.raises(cs.UserError, match=r"a\.html is read-only; choose another name, or .* `force=True`"):
        writable(file, REPORT)
    writable(file, REPORT, force=True).write(lambda half: half.write_text("new", encoding="utf-8"))
    assert file.read_text("utf-8") == "new"


def test_a_run_waits_until_its_files_are_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = set[int]()
    monkeypatch.setattr(os, "fsync", lambda file: flushed.add(os.fstat(file).st_ino))
    cs.run("six", worlds=2, set={"until": 2025}, out=tmp_path / "run")
    written = [*tmp_path.rglob("*.parquet"), tmp_path / "run" / "manifest.json"]
    assert len(written) > 5
    assert {file.stat().st_ino for file in written} <= flushed
