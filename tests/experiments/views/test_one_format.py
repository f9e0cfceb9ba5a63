"""Texts and figures write numbers with `views/format.py` alone: no format spec of their own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from computeshift.experiments.views import figures, text

FILES = [Path(figures.__file__), *sorted(Path(*text.__path__).glob("*.py"))]
OF_NUMBERS = re.compile(r"[-+ <>^=,.\d]*[.,\d][a-zA-Z%]?|[-+]?[defgEFGn%]")
_IN_BRACES = re.compile(r"\{[^{}]*:([^{}]+)\}")


def specs(tree: ast.AST) -> Iterator[str]:
    """The format specs of f-strings, of `format(number, spec)` and of `"{:spec}".format(number)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            yield "".join(_texts(node.format_spec.values))
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "format":
            yield from _texts(node.args[1:])
        elif isinstance(node, ast.Attribute) and node.attr == "format":
            yield from (spec for text in _texts([node.value]) for spec in _IN_BRACES.findall(text))


def _texts(nodes: Sequence[ast.expr]) -> Iterator[str]:
    yield from (str(node.value) for node in nodes if isinstance(node, ast.Constant))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_numbers_have_no_format_of_their_own(file: Path) -> None:
    own = [spec for spec in specs(ast.parse(file.read_text("utf-8"))) if OF_NUMBERS.fullmatch(spec)]
    assert not own, f"use a function of views/format.py: {own}"


def test_a_format_of_its_own_is_seen() -> None:
    code = """f"{x:,.1f} {x:.0%} {x:+.2f} {x:,} {x:g} {day:%B}"; format(x, ".2f"); "{:.1f}".format(x)"""
    seen = [spec for spec in specs(ast.parse(code)) if OF_NUMBERS.fullmatch(spec)]
    assert sorted(seen) == sorted([",.1f", ".0%", "+.2f", ",", "g", ".2f", ".1f"])
