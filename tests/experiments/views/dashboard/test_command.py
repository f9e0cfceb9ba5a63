"""The command: messages before a server is up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from computeshift.experiments.cli.main import main


def messages_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command refuses with, on standard error; it exits with 2."""
    with pytest.raises(SystemExit) as left:
        main(["dashboard", *arguments])
    assert left.value.code == 2
    return capsys.readouterr().err


def test_a_mistake_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "did you mean 'baseline'?" in messages_of(capsys, "basline")
    assert f"{tmp_path} is no results folder" in messages_of(capsys, str(tmp_path))
    assert "--port: 'x' is not a whole number" in messages_of(capsys, "--port", "x")
    assert messages_of(capsys, "--port", "99999").startswith("--port 99999: it is no port; use another")


def test_without_the_extra_it_says_what_to_install() -> None:
    hidden = (
        "import sys; sys.modules['nicegui'] = None; "
        "from computeshift.experiments.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", hidden, "dashboard"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "the dashboard is an extra: pip install 'computeshift[dashboard]'\n"
