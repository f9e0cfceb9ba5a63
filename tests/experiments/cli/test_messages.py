"""Messages name parameters for Python users, and options on the command line."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import typer

import computeshift as cs
from computeshift.experiments.cli.main import app, main

ROOMS = Path(cs.__file__).parent / "experiments"
RAISED = ("UserError", "Problem", "warn")


@pytest.mark.parametrize(
    ("settings", "command", "python", "terminal"),
    [
        ({"workers": 0}, "--workers 0", "`workers`: 0 is too few", "--workers: 0 is too few"),
        ({"keep": "much"}, "--keep much", "`keep`: there is no level", "--keep: there is no level"),
        ({"at": 2027}, "--at 2027", "`fork` and `at` go together", "--from and --at go together"),
        (
            {"set": {"sofbank.cash": 1}},
            "--set sofbank.cash=1",
            "`set` sofbank.cash: there is no firm",
            "--set sofbank.cash: there is no firm",
        ),
    ],
)
def test_a_mistake_is_named_as_its_user_wrote_it(
    capsys: pytest.CaptureFixture[str], settings: dict[str, object], command: str, python: str, terminal: str
) -> None:
    with pytest.raises(cs.UserError) as wrong:
        cs.run("six", **settings)  # type: ignore[arg-type]
    assert str(wrong.value).startswith(python)
    with pytest.raises(SystemExit):
        main(["run", "six", *command.split()])
    assert capsys.readouterr().err.startswith(terminal)


def test_a_parameter_has_the_same_option_in_every_command() -> None:
    group = typer.main.get_command(app)
    options: dict[str, set[str]] = {}
    for command in group.commands.values():  # type: ignore[attr-defined]
        for parameter in command.params:
            if parameter.param_type_name == "option":
                options.setdefault(parameter.name, set()).add(parameter.opts[0])
    assert {name: found for name, found in options.items() if len(found) > 1} == {}


@pytest.mark.parametrize("room", ["config", "run", "results", "questions", "views"])
def test_no_message_names_an_option(room: str) -> None:
    wrong = []
    for file in (ROOMS / room).rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in RAISED:
                texts = [part.value for part in ast.walk(call) if isinstance(part, ast.Constant)]
                wrong += [text for text in map(str, texts) if re.search(r"(?<!\w)--[a-z]", text)]
    assert wrong == []
