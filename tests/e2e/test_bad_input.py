"""The command line against a user's mistakes: a clear message and the right exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import computeshift as cs
from computeshift.agents.strategy import strategies_of
from computeshift.experiments.cli.main import app, main
from computeshift.experiments.run import run as runner


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0), *capsys.readouterr()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("run basline", "there is no config 'basline'; did you mean 'baseline'?"),
        ("run six --worlds 0", "--worlds: 0 is too few; use at least 1"),
        ("run six --worlds 100000000000", "--worlds: 100,000,000,000 is too many; use at most 2,147,"),
        ("compare six no_mgx --worlds 99999999999", "--worlds: 99,999,999,999 is too many"),
        ("run six --seed=-1", "--seed: -1 is too few; use at least 0"),
        ("run six --set start=2022", "a start cannot be set"),
        ("run six --worlds x --seed 1.5", "--seed: 1.5 is not a whole number"),
        ("run six --until 2023", "--until: 2023 is not after the start, 2024"),
        ("run six --set softbank.strategy=prudnt", "did you mean 'prudent'?"),
        ("run six --set sofbank.strategy=prudent", "did you mean 'softbank'?"),
        ("run six --set softbank", "no value; write KEY=VALUE"),
        ("run six --set shocks.permit_dely.size=1", "did you mean 'permit_delay'?"),
        ("run six --load nowhere.py", "there is no such file"),
        ("run six --keep everything", "there is no level 'everything'; use one of agents, all, flows"),
        ("run six --workers 0", "--workers: 0 is too few; use at least 1"),
        ("run six --workers 2 --scheduler tcp://127.0.0.1:9", "leave out one"),
        ("run six --from nowhere --at 2027", "nowhere is no results folder"),
        ("run six --from nowhere", "--from and --at go together"),
        ("run six --bogus", "No such option"),
        ("show nowhere.yaml", "there is no such file"),
        ("check six basline nowhere.yaml", "did you mean 'baseline'?"),
    ],
)
def test_a_mistake_is_told_and_exits_with_2(
    capsys: pytest.CaptureFixture[str], command: str, message: str
) -> None:
    code, _, errors = told(capsys, *command.split())
    assert code == 2
    assert message in errors
    assert "Traceback" not in errors


def test_a_users_own_file_that_breaks_is_told_with_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text("x = 1\nraise RuntimeError('boo')\n", encoding="utf-8")
    code, _, errors = told(capsys, "list", "--load", str(file))
    assert (code, errors) == (2, f"{file}:2: RuntimeError: boo\n")


def test_a_users_own_strategy_is_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from computeshift.agents.strategy import strategies_of

    file = tmp_path / "mine.py"
    file.write_text(
        "from computeshift.agents.softbank import Vision\n"
        "from computeshift.agents.strategy import strategy\n"
        "@strategy('softbank', 'mine')\n"
        "class Mine(Vision):\n"
        "    'My own.'\n",
        encoding="utf-8",
    )
    code, output, _ = told(capsys, "list", "--json", "--load", str(file))
    del strategies_of("softbank")["mine"]
    softbank = next(firm for firm in json.loads(output)["firms"] if firm["name"] == "softbank")
    assert code == 0
    assert {"name": "mine", "line": "My own."} in softbank["strategies"]


def test_our_own_mistake_exits_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(runner, "run", broken)
    code, _, errors = told(capsys, "run", "six")
    assert code == 1
    assert "a bug in computeshift" in errors
    assert "ZeroDivisionError: ours" in errors


def test_an_interrupted_run_says_what_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt("interrupted after 3 of 5 worlds, kept in here")

    monkeypatch.setattr(runner, "run", interrupted)
    code, output, errors = told(capsys, "run", "six")
    assert (code, output) == (130, "")
    assert "kept in here" in errors


@pytest.mark.parametrize(
    ("edge", "wrong"),
    [
        ("[investors, stargate, equity]", "investors cannot sponsor Stargate"),
        ("[rival_lab, stargate, equity]", "rival_lab has no 'equity' to give"),
        ("[mgx, oracle, chips]", "mgx has no 'chips' to give"),
        ("[other_cloud, stargate, build]", "other_cloud has no 'build' to give"),
        ("[lenders, openai, debt]", "openai takes no 'debt'"),
        ("[mgx, microsoft, equity]", "microsoft takes no 'equity'"),
        ("[softbank, softbank, equity]", "softbank can't give 'equity' to itself"),
        ("[openai, openai, services]", "openai can't give 'services' to itself"),
    ],
)
def test_a_tie_that_means_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], edge: str, wrong: str
) -> None:
    config = tmp_path / "odd.yaml"
    config.write_text(f"asks: What?\nextends: six\nedges:\n  - {edge}\n", encoding="utf-8")
    code, _, errors = told(capsys, "check", str(config))
    assert code == 2
    assert wrong in " ".join(errors.split())


def test_a_strategy_that_breaks_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(
        "from computeshift import strategy\n"
        "from computeshift.agents.softbank import Vision\n"
        "@strategy('softbank', 'broken')\n"
        "class Broken(Vision):\n"
        "    'Breaks.'\n"
        "    def limit(self, softbank): return softbank.given.nothing\n",
        encoding="utf-8",
    )
    out = str(tmp_path / "out")
    asked = f"run six --worlds 2 --out {out} --load {mine} --set softbank.strategy=broken"
    code, _, errors = told(capsys, *asked.split())
    del strategies_of("softbank")["broken"]
    assert code == 1
    assert "mine.py:6: AttributeError" in errors
    assert f"the same run with --out {out} tries these worlds again" in errors
    assert "Traceback" not in errors


def _worlds_done(folder: Path) -> int:
    """As many worlds as the run has counted as done: a worker's files may be there before."""
    manifest = folder / "manifest.json"
    return int(json.loads(manifest.read_text())["worlds_done"]) if manifest.exists() else 0


def test_ctrl_c_on_the_real_program_leaves_whole_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "computeshift"]
    asked = ["run", "six", "--worlds", "200000", "--out", str(tmp_path / "out")]
    running = subprocess.Popen([*command, *asked], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not _worlds_done(tmp_path / "out"):
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    output, errors = running.communicate(timeout=60)
    assert (running.returncode, output) == (130, "")
    assert "interrupted after" in errors
    results = cs.open(tmp_path / "out")
    assert results.manifest.status == "interrupted"
    assert results.design["world"].nunique() == results.manifest.worlds_done


COMMANDS = [
    command.name or command.callback.__name__.rstrip("_")
    for command in app.registered_commands
    if command.callback
]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, output, _ = told(capsys, *command.split(), "--help")
    assert code == 0
    assert f"Example: computeshift {command}" in output


def test_show_list_and_check_print(capsys: pytest.CaptureFixture[str]) -> None:
    shown = json.loads(told(capsys, "show", "six", "--json")[1])
    assert shown["firms"]["softbank"]["strategy"] == "vision"
    listed = json.loads(told(capsys, "list", "--json")[1])["outcomes"]
    spending = "What OpenAI paid Microsoft for capacity in the year."
    assert {"name": "azure_spending", "unit": "$ bn", "meaning": spending} in listed
    for command in ("show six", "list"):
        code, output, errors = told(capsys, *command.split())
        assert (code, errors) == (0, "")
        assert max(map(len, output.splitlines())) <= 80
    assert told(capsys, "check", "six")[0] == 0


@pytest.mark.parametrize("group", ["firms", "shocks"])
@pytest.mark.parametrize("name", ["", "a.b", "a b", "a[b]", "-a", "a=b"])
def test_a_name_that_no_setting_can_name_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], group: str, name: str
) -> None:
    config = tmp_path / "odd.yaml"
    body = "{kind: mgx}" if group == "firms" else "{kind: permit_delay, year: 2026, size: 0.1}"
    config.write_text(f"asks: What?\nextends: six\n{group}:\n  {name!r}: {body}\n", encoding="utf-8")
    code, _, errors = told(capsys, "check", str(config))
    assert code == 2
    assert f"{config}:4: " in errors
    assert f"{name!r} can't be the name of a {group[:-1]}; use letters, digits, _ and -" in errors


@pytest.mark.parametrize(
    "command", ["report {run} -o {file}", "risk {run} --plot {file}", "calibrate {run} --out {file}"]
)
def test_a_file_of_the_users_is_not_written_over_unless_forced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    weighs = command.startswith("calibrate")
    worlds = 1_000 if weighs else 40
    run = cs.run("end_of_2022", worlds=worlds, until=2025, out=tmp_path / "run").folder
    file = tmp_path / ("mine.parquet" if weighs else "mine.html")
    file.write_text("mine", encoding="utf-8")
    asked = command.format(run=run, file=file).split()
    code, output, errors = told(capsys, *asked)
    assert (code, output) == (2, "")
    assert f"{file} exists and is not a " in errors
    assert "or write over it with --force" in errors
    assert file.read_text("utf-8") == "mine"
    assert told(capsys, *asked, "--force")[0] == 0
    assert told(capsys, *asked)[0] == 0
    assert file.stat().st_size > 1_000


PROGRAM = [sys.executable, "-m", "computeshift"]


def really(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own."""
    return subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, env=os.environ | environment, check=False, timeout=120
    )


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "cp1252"}])
def test_letters_that_cannot_be_encoded_are_replaced(tmp_path: Path, environment: dict[str, str]) -> None:
    config = tmp_path / "größe.yaml"
    config.write_text("asks: 計算は誰が払う?\nextends: six\n", encoding="utf-8")
    shown = really("show", str(config), **environment)
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert shown.stdout.splitlines()[0].endswith(b"e: ????????")
    assert really("check", str(config), **environment).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("command", ["list", "list --json", "check six", "run --help"])
def test_an_output_that_is_full_is_told(command: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*PROGRAM, *command.split()], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.decode() == "can't write the output: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_messages_that_cannot_be_written_break_no_run(tmp_path: Path) -> None:
    command = ["run", "six", "--worlds", "4", "--out", str(tmp_path / "out")]
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*PROGRAM, *command], stdout=subprocess.PIPE, stderr=full, check=False)
    assert done.returncode == 0
    assert f"Results in {tmp_path / 'out'}" in done.stdout.decode()


@pytest.mark.parametrize("command", ["list", "list --json", "show six"])
def test_a_pipe_that_is_closed_ends_the_program_quietly(command: str) -> None:
    running = subprocess.Popen([*PROGRAM, *command.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    errors = running.stderr.read()
    running.stderr.close()
    assert (running.wait(60), errors) == (141, b"")


SHOWN = ["list", "run --help", "show six"]
EACH = """
import sys
from computeshift.experiments.cli.main import main
for words in sys.argv[1:]:
    try:
        main(words.split())
    except SystemExit as left:
        print(f"exit {left.code}", end="\\0", flush=True)
"""


@pytest.fixture(scope="module")
def without_docstrings() -> dict[str, tuple[str, str]]:
    """What commands print in a Python with docstrings, and in one without."""
    call = [sys.executable, "-c", EACH, *SHOWN]
    printed = [
        subprocess.run(call, env=os.environ | optimise, capture_output=True, text=True, check=True).stdout
        for optimise in ({}, {"PYTHONOPTIMIZE": "2"})
    ]
    return dict(zip(SHOWN, zip(*(text.split("\0")[:-1] for text in printed), strict=True), strict=True))


@pytest.mark.parametrize("command", SHOWN)
def test_a_python_without_docstrings_shows_the_same(
    without_docstrings: dict[str, tuple[str, str]], command: str
) -> None:
    usual, without = without_docstrings[command]
    assert len(usual) > 400
    assert without == usual
    assert without.endswith("exit 0")
