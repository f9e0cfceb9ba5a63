"""The nodes of a YAML 1.2 text, with their lines.

A user's file is read by ruamel.yaml, whose messages say what is wrong with it. Files that come with the
package are sound, and the baseline is long: libyaml, where it is there, reads them ten times as fast. It
knows YAML 1.1, so what their plain texts mean is looked up in ruamel.yaml: the nodes are the same.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from computeshift.experiments.errors import Problem


@lru_cache(maxsize=64)
def nodes(text: str, shipped: bool = False) -> Node | None:
    """The root of a text; None if it is empty. `shipped`: it comes with the package.

    YAMLError of ruamel.yaml, with the line, for what is no YAML.
    """
    if shipped and (root := _by_libyaml(text)) is not None:
        return root
    by_ruamel: Node | None = YAML(typ="safe", pure=True).compose(text)
    return by_ruamel


def shipped_data(file: Path) -> Any:
    """What a YAML file says that comes with the package."""
    root = nodes(file.read_text("utf-8"), shipped=True)
    return YAML(typ="safe", pure=True).constructor.construct_document(root)


def broken(where: str, error: YAMLError) -> Problem:
    """What is wrong with a file that is no YAML: its line, and what to look for."""
    mark = getattr(error, "problem_mark", None)
    wrong = getattr(error, "problem", None) or str(error).splitlines()[0]
    right = "mend the quotes, brackets or indentation at or before this line"
    return Problem(f"{where}:{mark.line + 1}" if mark else where, "", f"broken YAML: {wrong}", right)


def _by_libyaml(text: str) -> Node | None:
    """The root; None where libyaml is not there, or finds something wrong."""
    try:
        from yaml import CBaseLoader, compose
        from yaml import YAMLError as Broken
    except ImportError:  # PyYAML was built without it
        return None
    try:
        root = compose(text, Loader=CBaseLoader)
    except Broken:
        return None
    resolve = YAML(typ="safe", pure=True).resolver.resolve

    @cache
    def tag(text: str, is_plain: bool) -> Any:
        return resolve(ScalarNode, text, (is_plain, not is_plain))

    def same(node: Any) -> Node:
        marks = node.start_mark, node.end_mark
        if node.id == "mapping":
            return MappingNode(node.tag, [(same(key), same(value)) for key, value in node.value], *marks)
        if node.id == "sequence":
            return SequenceNode(node.tag, [same(item) for item in node.value], *marks)
        return ScalarNode(tag(node.value, not node.style), node.value, *marks, node.style)

    return None if root is None else same(root)
