"""Real runs, really killed: of the whole run, of a worker, of its disk. Nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

import computeshift as cs
from tests.e2e.forked import forked
from tests.experiments.folders import same

WORLDS, BLOCK = 240, 24
SMALL = 12  # for more blocks than there are kills, or room
SCRIPT = f"""
import sys, time, warnings
import computeshift as cs
from computeshift.experiments.run import cluster
from computeshift.experiments.run import size
if __name__ == "__main__":
    cluster.AHEAD = 4  # fewer than there are blocks: the next ones are handed out as others are done
    warnings.simplefilter("ignore")
    more = dict(word.split("=") for word in sys.argv[2:])
    if more.pop("blind", None): size.free_disk = lambda _: 2**40
    if more.pop("slowly", None): more["progress"] = lambda done, _: time.sleep(0.3)
    more["block"] = int(more.get("block", {BLOCK}))
    if "workers" in more: more["workers"] = int(more["workers"])
    cs.run("six", worlds={WORLDS}, until=2026, against=False, out=sys.argv[1], **more)
"""


def start(folder: Path, *more: str) -> subprocess.Popen[str]:
    script = folder.parent / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, str(script), str(folder), *more],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def simulate(folder: Path) -> None:
    """What the script does, in a process that starts at once."""
    cs.run("six", worlds=WORLDS, block=SMALL, until=2026, against=False, out=folder)


def blocks_done(folder: Path) -> int:
    try:
        return len(json.loads((folder / "manifest.json").read_text("utf-8"))["blocks"])
    except OSError:
        return 0


def wait_for(folder: Path, blocks: int, going_on: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while blocks_done(folder) < blocks:
        assert going_on()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def finish(running: subprocess.Popen[str]) -> None:
    errors = running.communicate(timeout=300)[1]
    assert running.returncode == 0, errors


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    out = tmp_path_factory.mktemp("straight") / "out"
    return cs.run("six", worlds=WORLDS, until=2026, against=False, out=out)


def must_be(straight: cs.Results, folder: Path) -> None:
    results = cs.open(folder)
    assert results.manifest.status == "finished"
    same(results, straight)
    noted = {f"{block.first:09d}-{block.last:09d}.parquet" for block in results.manifest.blocks}
    for table in straight.parts.tables:
        assert {file.name for file in (folder / table).iterdir()} == noted


def test_a_run_killed_ten_times_ends_as_one_that_never_was(tmp_path: Path, straight: cs.Results) -> None:
    folder, luck = tmp_path / "out", random.Random(4)
    kills, done = 0, 0
    while kills < 10:
        running = forked(simulate, folder)
        wait_for(folder, min(done + luck.randint(0, 1), WORLDS // SMALL - 1), running.is_alive)
        time.sleep(luck.uniform(0, 0.15))
        running.kill()
        running.join()
        assert running.exitcode == -signal.SIGKILL
        assert blocks_done(folder) >= done
        kills, done = kills + 1, blocks_done(folder)
    assert 0 < done < WORLDS // SMALL
    last = forked(simulate, folder)
    last.join()
    assert last.exitcode == 0
    must_be(straight, folder)


def test_a_second_run_into_the_folder_is_refused_and_the_first_goes_on(
    tmp_path: Path, straight: cs.Results
) -> None:
    folder = tmp_path / "out"
    first = start(folder)
    wait_for(folder, 1, lambda: first.poll() is None)
    first.send_signal(signal.SIGSTOP)  # it holds the folder while the other one starts
    second = start(folder)
    errors = second.communicate(timeout=120)[1]
    first.send_signal(signal.SIGCONT)
    assert second.returncode == 1
    assert "another run is writing into" in errors
    finish(first)
    must_be(straight, folder)


DEADLY = """
import os, signal, sys
from pathlib import Path
import computeshift as cs
from computeshift import strategy
from computeshift.agents.softbank import Vision

HERE = Path(__file__).parent

@strategy("softbank", "deadly")
class Deadly(Vision):
    "Takes its worker down in worlds from 8 to 11: always, or once."
    def limit(self, softbank):
        if softbank.market.setup.first_world == 8 and not (HERE / "mercy").exists():
            if (HERE / "once").exists():
                (HERE / "mercy").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().limit(softbank)

if __name__ == "__main__":
    cs.run("six", worlds=20, block=4, until=2025, against=False, out=sys.argv[1],
           workers=int(sys.argv[2]),
           set={"softbank.strategy": "deadly"})
"""


def deadly(folder: Path, workers: int) -> subprocess.CompletedProcess[str]:
    """A run into `out` there, with a strategy of the user's that kills."""
    script = folder / "deadly.py"
    script.write_text(DEADLY, encoding="utf-8")
    command = [sys.executable, str(script), str(folder / "out"), str(workers)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_a_block_that_takes_its_workers_down_fails_alone(tmp_path: Path) -> None:
    done = deadly(tmp_path, workers=2)
    assert "worlds 8 to 11 failed: its worker died 4 times" in done.stderr
    results = cs.open(tmp_path / "out")
    assert results.parts.worlds.tolist() == [*range(8), *range(12, 20)]


def test_a_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "once").touch()
    done = deadly(tmp_path, workers=1)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "mercy").exists()
    assert cs.open(tmp_path / "out").worlds == 20


def test_a_script_that_starts_workers_needs_a_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import computeshift as cs\ncs.run('six', worlds=9, block=1, workers=2, out='o')")
    command = [sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 1
    assert "must do so under `if __name__ == '__main__':`" in done.stderr.splitlines()[-1]


def test_ctrl_c_ends_the_workers_too(tmp_path: Path, straight: cs.Results) -> None:
    folder = tmp_path / "out"
    running = start(folder, "workers=2", "slowly=yes")
    wait_for(folder, 2, lambda: running.poll() is None)
    children = psutil.Process(running.pid).children(recursive=True)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all of them
    errors = running.communicate(timeout=60)[1]
    assert errors.splitlines()[-1].startswith("KeyboardInterrupt: interrupted after")
    assert "goes on" in errors.splitlines()[-1]
    assert errors.count("Traceback") == 1
    assert psutil.wait_procs(children, timeout=10)[1] == []
    finish(start(folder))
    must_be(straight, folder)


@contextmanager
def dask(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A part of a cluster, as its user starts it."""
    command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:], "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    part = subprocess.Popen(command, **quiet)  # type: ignore[call-overload]
    try:
        yield part
    finally:
        part.terminate()
        part.wait(timeout=30)


def test_a_cluster_of_separate_processes_comes_to_the_same_bits(tmp_path: Path, straight: cs.Results) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    address, here = f"tcp://127.0.0.1:{port}", ("--host", "127.0.0.1")
    worker = ("worker", address, *here, "--nthreads", "1", "--death-timeout", "60")
    with dask("scheduler", *here, "--port", str(port)), dask(*worker), dask(*worker):
        finish(start(tmp_path / "out", f"scheduler={address}"))
    must_be(straight, tmp_path / "out")


def test_where_no_scheduler_answers_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from computeshift.experiments.run import cluster

    monkeypatch.setattr(cluster, "PATIENCE", "1s")
    with pytest.raises(cs.UserError, match="no scheduler answers"):
        cs.run("six", worlds=4, out=tmp_path, scheduler="tcp://127.0.0.1:9")


def test_a_users_strategy_travels_to_workers_and_its_failure_comes_back(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(
        "from computeshift import strategy\n"
        "from computeshift.agents.softbank import Vision\n"
        "@strategy('softbank', 'brittle')\n"
        "class Brittle(Vision):\n"
        "    'Breaks in worlds from 8 on.'\n"
        "    def limit(self, softbank):\n"
        "        assert softbank.market.setup.first_world < 8, 'too far'\n"
        "        return super().limit(softbank)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "computeshift", "run"]
    asked = ["six", "--worlds", "16", "--workers", "2", "--out", str(tmp_path / "out")]
    own = ["--load", str(mine), "--set", "softbank.strategy=brittle"]
    done = subprocess.run([*command, *asked, *own], capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr
    assert f"worlds 8 to 15 failed: {mine}:7: AssertionError: too far" in done.stderr
    assert "Traceback" not in done.stderr
    assert cs.open(tmp_path / "out").worlds == 8
    assert "mine.py" in next((tmp_path / "out" / "failures").iterdir()).read_text()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of so many bytes in a folder, as root may make one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("this machine lets nobody mount a small disk, as most containers do not")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_told_and_the_run_goes_on_later(tmp_path: Path, straight: cs.Results) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, "1m"):
        errors = start(disk / "out").communicate(timeout=120)[1]
        assert f"on disk, and {disk / 'out'} has 1.0 MB free; use at most" in errors
        assert not (disk / "out").exists()
        running = start(disk / "out", "blind=yes", f"block={SMALL}")
        errors = running.communicate(timeout=120)[1]
        assert running.returncode != 0
        assert "No space left on device" in errors
        kept = blocks_done(disk / "out")
        assert 0 < kept < WORLDS // SMALL
        assert f"{kept * SMALL} of {WORLDS} worlds are kept; once that is fixed, the same run" in errors
        assert cs.open(disk / "out").market["world"].nunique() == kept * SMALL
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        finish(start(disk / "out", f"block={SMALL}"))
        must_be(straight, disk / "out")


def test_a_run_without_workers_imports_no_dask(tmp_path: Path) -> None:
    code = (
        "import sys, computeshift as cs;"
        f"cs.run('six', worlds=2, until=2025, out={str(tmp_path / 'out')!r}).claims();"
        "print([m for m in ('dask', 'distributed') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
