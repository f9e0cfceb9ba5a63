"""How the model's classes are built: short lines of inheritance, no diamonds, all that is declared is set."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from abc import ABC
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, Protocol

import numpy as np
import pytest

import computeshift as cs
from computeshift import agents, environment
from computeshift.agents import KINDS
from computeshift.environment.log import Logged, declared
from computeshift.experiments.views.catalogue import configs

ROOTS = (object, ABC, Generic, Protocol)


def classes() -> list[type]:
    """Every class of the model."""
    found: dict[type, None] = {}
    for package in (agents, environment):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for known in vars(importlib.import_module(module.name)).values():
                if isinstance(known, type) and ours(known):
                    found[known] = None
    return [*found]


def ours(known: type) -> bool:
    return known.__module__.startswith("computeshift.")


def bodied(owner: type) -> Iterator[str]:
    """The methods and properties that a class itself defines with more than a docstring; no abstract ones."""
    for name, value in vars(owner).items():
        function: Any = inspect.unwrap(getattr(value, "fget", value))
        if not inspect.isfunction(function) or getattr(function, "__isabstractmethod__", False):
            continue
        if Path(function.__code__.co_filename).stem not in ("<string>", "dataclasses", "typing"):  # not made
            (defined,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
            if isinstance(defined, ast.FunctionDef) and not all(map(_says_nothing, defined.body)):
                yield name


def _says_nothing(statement: ast.stmt) -> bool:
    """A docstring, or `...`."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def overridden_more_than_once(known: type) -> list[str]:
    """Methods with a body that are overridden twice or more among a class's bases and in itself."""
    line = [base for base in reversed(known.__mro__) if ours(base)]
    own: dict[str, list[str]] = {}
    for base in line:
        with_body = set(bodied(base))
        for name in vars(base):
            if name in own or name in with_body:
                own.setdefault(name, []).append(base.__name__)
    return [f"{name}: {' > '.join(owners)}" for name, owners in own.items() if len(owners) > 2]


def diamonds(known: type) -> list[str]:
    """Bases that a class reaches by two paths."""
    reached: list[type] = []

    def climb(one: type) -> None:
        for base in one.__bases__:
            if ours(base) and base not in ROOTS:
                reached.append(base)
                climb(base)

    climb(known)
    return sorted({base.__name__ for base in reached if reached.count(base) > 1})


def test_no_method_is_overridden_more_than_once() -> None:
    wrong = {known.__name__: found for known in classes() if (found := overridden_more_than_once(known))}
    assert wrong == {}


def test_there_are_no_diamonds() -> None:
    assert {known.__name__: found for known in classes() if (found := diamonds(known))} == {}


def test_the_checks_find_what_they_look_for() -> None:
    class A:
        def act(self) -> int:
            return 1

        def rest(self) -> None:
            """Only a docstring."""

    class B(A):
        def act(self) -> int:
            return 2

        def rest(self) -> None:
            self.act()

    class C(B):
        def act(self) -> int:
            return 3

        def rest(self) -> None:
            """Nothing."""

    class D(A): ...

    class E(B, D): ...

    for known in (A, B, C, D, E):
        known.__module__ = "computeshift.agents"
    assert overridden_more_than_once(C) == ["act: A > B > C"]
    assert overridden_more_than_once(B) == []
    assert diamonds(E) == ["A"]
    assert diamonds(C) == []


def test_the_roles_of_a_kind_have_labels_of_their_own() -> None:
    for kind in KINDS.values():
        labels = [role.label for role in kind.roles]
        assert len(set(labels)) == len(labels), kind.name


@pytest.mark.parametrize("config", [entry.name for entry in configs()])
def test_every_variable_that_is_declared_is_set_once_a_market_has_stepped(config: str) -> None:
    market = cs.market(config, worlds=3)
    market.step()
    for firm in market.firms.values():
        owners: list[Any] = [firm, *firm.roles.values()]  # type: ignore[attr-defined]
        for owner in owners:
            for name in declared(type(owner)):
                value = getattr(owner, name)  # an error where nothing was set
                if isinstance(inspect.getattr_static(type(owner), name), Logged):
                    assert np.shape(value) == (3,), f"{firm.name}.{name}"
        variables = KINDS[owners[0].kind].variables
        assert set(variables) == {name for owner in owners for name in declared(type(owner))}
        assert firm.logged("cash").shape == (3,)
