"""Files that come with the package mean the same, whichever library reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from computeshift.experiments.config.nodes import nodes
from computeshift.experiments.config.source import CONFIGS

Described = tuple[str | None, object, int, bool]


def described(node: Node | None) -> Iterator[Described]:
    """Tag, text, line and quotation of every node."""
    assert node is not None
    children: list[Node] = []
    if isinstance(node, MappingNode):
        children = [part for pair in node.value for part in pair]
    elif isinstance(node, SequenceNode):
        children = node.value
    text = len(children) if isinstance(node, MappingNode | SequenceNode) else node.value
    yield node.tag, text, node.start_mark.line, bool(getattr(node, "style", None))
    for child in children:
        yield from described(child)


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml")
@pytest.mark.parametrize("file", sorted(CONFIGS.parents[1].rglob("*.yaml")), ids=lambda file: file.stem)
def test_both_libraries_read_the_same_nodes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = file.read_text("utf-8")
    by_ruamel = list(described(nodes(text)))
    monkeypatch.setattr("ruamel.yaml.main.YAML.compose", None)
    assert list(described(nodes(text, shipped=True))) == by_ruamel


def test_what_yaml_1_1_would_take_for_something_else_is_as_in_1_2() -> None:
    text = "a: yes\nb: 010\nc: 1:30\nd: 0o17\ne: 2025-01-31\nf: 1e3\ng: '1'\nh: ~\n"
    assert list(described(nodes(text, shipped=True))) == list(described(nodes(text)))


def test_a_broken_file_is_refused_with_its_line() -> None:
    with pytest.raises(YAMLError) as found:
        nodes("a: 1\nb: [1, 2\nc: 3\n", shipped=True)
    assert found.value.problem_mark.line == 2  # type: ignore[attr-defined]
