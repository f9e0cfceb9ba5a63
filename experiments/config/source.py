"""Config files as written: found by name or path, read as YAML 1.2, with the line of every key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from computeshift.environment.bounds import Bounds
from computeshift.experiments.config.nodes import broken, nodes
from computeshift.experiments.config.years import signed
from computeshift.experiments.errors import Problem, UserError, instead

CONFIGS = Path(__file__).parent / "presets"
_RENAMED = {"full_cast": "it is called `baseline` since 0.10; the small market is `six`"}
_DEEPEST, _LARGEST = 12, 50_000  # levels and nodes: more is no config but an alias bomb

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Layer:
    """One config as written: its keys, and where each stands (`file:line`, or the parameter).

    `ranges` are those that its bare numbers were set over, where it is a config that was resolved.
    """

    name: str
    tree: dict[str, Any]
    places: Mapping[KeyPath, str]
    problems: tuple[Problem, ...] = ()
    ranges: Mapping[KeyPath, Bounds] = field(default_factory=dict)


def place(places: Mapping[KeyPath, str], path: KeyPath) -> str:
    """Where a key stands, or else the nearest key above it."""
    return places.get(_written(places, path), "")


def dotted(places: Mapping[KeyPath, str], path: KeyPath) -> str:
    """A key as its writer knows it: as far as it is written, items of a list without number."""
    known = _written(places, path) or path
    return ".".join(step for step in known if isinstance(step, str))


def _written(places: Mapping[KeyPath, str], path: KeyPath) -> KeyPath:
    while path not in places and path:
        path = path[:-1]
    return path


def names() -> list[str]:
    """The configs that come with the package; the baseline first."""
    return sorted((file.stem for file in CONFIGS.glob("*.yaml")), key=lambda n: (n != "baseline", n))


def last_modified() -> tuple[int, ...]:
    """When each file of a config that comes with the package was last modified, in nanoseconds."""
    return tuple(file.stat().st_mtime_ns for file in sorted(CONFIGS.glob("*.yaml")))


def find(name_or_path: str | Path, beside: Path | None = None) -> Path:
    """The file of a config: one of the package's by name, or any by path.

    A path is relative to `beside`, if given. UserError if there is none.
    """
    text = str(name_or_path)
    if text in names():
        return CONFIGS / f"{text}.yaml"
    file = (beside or Path()) / Path(text).expanduser()
    if file.is_dir():
        raise UserError([Problem(text, "", "this is a folder, not a config", "name a YAML file")])
    if not file.exists():
        if file.suffix in (".yaml", ".yml") or len(Path(text).parts) > 1:
            raise UserError([Problem(text, "", "there is no such file", "check the path")])
        wrong = f"there is no config {text!r}"
        right = _RENAMED.get(text) or instead(text, names())
        raise UserError([Problem("", "", wrong, right)])
    return file


def own_layer(file: Path) -> Layer:
    """What one file says, whatever it extends. UserError if it is no YAML mapping at all."""
    if file.parent != CONFIGS:
        return _Reader(file).layer()
    known = _shipped(file, file.stat().st_mtime_ns)
    return replace(known, tree=_copied(known.tree))


@lru_cache(maxsize=64)
def _shipped(file: Path, modified: int) -> Layer:
    """A file that comes with the package, as it was last modified: every config is laid over one."""
    return _Reader(file).layer()


def _copied(tree: Any) -> Any:
    """A tree of mappings and lists, for who will change it."""
    if isinstance(tree, dict):
        return {key: _copied(value) for key, value in tree.items()}
    return [_copied(value) for value in tree] if isinstance(tree, list) else tree


def chain(name_or_path: str | Path, base: str | Path | None = None) -> list[Layer]:
    """A config and all that it extends, the first ancestor first. UserError with what is wrong.

    With `base`, a config too, what it lays over its own start is laid over that instead.
    """
    if base is None:
        return _extended(name_or_path)
    if not isinstance(base, str | Path):
        raise UserError(f"`base`: {base!r} is no config: name one, such as 'end_of_2023', or a YAML file")
    try:
        find(base)
    except UserError as unknown:
        raise UserError(f"`base`: {unknown}") from unknown
    return _over(_extended(base), _extended(name_or_path))


def _over(below: list[Layer], own: list[Layer]) -> list[Layer]:
    """The layers of a scenario over those of another config, instead of those of its start.

    Its start is the last config of its chain that says its `start`, else the first one.
    """
    if _file(own[-1]) == _file(below[-1]):
        return below
    start = max((i for i, layer in enumerate(own) if "start" in layer.tree), default=0)
    if start == len(own) - 1:
        wrong = f"{own[-1].name} is a start itself, it can't be laid over {below[-1].name}"
        right = "name a config that extends a start, such as no_mgx, or leave out `base`"
        raise UserError([Problem(place(own[-1].places, ("start",)), "start", wrong, right)])
    if clash := _same_names(below, own[: start + 1], own[start + 1 :]):
        raise UserError(clash)
    *others, last = own[start + 1 :]
    known = max(
        (str(layer.tree["known_until"]) for layer in below if "known_until" in layer.tree), default=""
    )
    if str(last.tree.get("known_until", known)) < known:  # the start's numbers rest on what came later
        last = replace(last, tree={key: own for key, own in last.tree.items() if key != "known_until"})
    if _file(own[start]) != _file(below[-1]):
        last = replace(last, tree=last.tree | {"name": f"{last.name} on {below[-1].name}"})
    return [*below, *others, last]


def _same_names(below: list[Layer], start: list[Layer], added: list[Layer]) -> list[Problem]:
    """Firms that a scenario adds to its own start, and that the other start has as firms of another kind."""
    there, usual = _kinds(below), _kinds(start)
    problems = []
    for layer in added:
        for firm, kind in _kinds([layer]).items():
            if firm in there and firm not in usual and _roles(kind) != _roles(there[firm]):
                has = f"{below[-1].name} has it as {_roles(there[firm])}"
                wrong = f"{layer.name} adds {firm} as {_roles(kind)}, and {has}"
                right = f"lay {layer.name} over a start without that firm, such as {start[-1].name}"
                problems.append(Problem("`base`", f"firms.{firm}", wrong, right))
    return problems


def _kinds(layers: list[Layer]) -> dict[str, Any]:
    """The kind of each firm that is there once the layers are stacked, as it is written."""
    kinds: dict[str, Any] = {}
    for layer in layers:
        firms = layer.tree.get("firms")
        for firm, spec in firms.items() if isinstance(firms, dict) else ():
            if spec is None:
                kinds.pop(firm, None)
            else:
                kinds[firm] = (spec.get("kind") if isinstance(spec, dict) else None) or kinds.get(firm, firm)
    return kinds


def _roles(kind: Any) -> str:
    """A kind in words, its roles in one order."""
    return " and ".join(sorted(map(str, kind))) if isinstance(kind, list) else str(kind)


def _file(layer: Layer) -> Path:
    return Path(layer.places[()]).resolve()


def _extended(name_or_path: str | Path) -> list[Layer]:
    """A config and all that it extends, the first ancestor first."""
    layers: list[Layer] = []
    file, seen = find(name_or_path), list[Path]()
    while True:
        seen.append(file.resolve())
        layers.insert(0, own_layer(file))
        parent = layers[0].tree.pop("extends", None)
        if parent is None:
            return layers
        where = place(layers[0].places, ("extends",))
        if not isinstance(parent, str):
            wrong = f"{parent!r} is not a config"
            raise UserError([Problem(where, "extends", wrong, "write a config's name or path")])
        try:
            file = find(parent, file.parent)
        except UserError as unknown:
            raise UserError([Problem(where, "extends", str(unknown))]) from unknown
        if file.resolve() in seen:
            circle = " -> ".join(path.stem for path in [*seen, file.resolve()])
            wrong = f"configs extend in a circle: {circle}"
            raise UserError([Problem(where, "extends", wrong, "let one of them extend nothing")])


def scalar(text: str) -> Any:
    """What a text means where YAML has one value: a number, a date, null, or the text itself.

    >>> scalar("0.3"), scalar("prudent"), scalar("null")
    (0.3, 'prudent', None)
    """
    try:
        value = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError):  # 30 February, or 5,000 digits
        return text
    return text if isinstance(value, dict | list) else signed(text.strip(), value)


def sequence(text: str) -> list[Any]:
    """The values of a list in one line, as YAML has them. ValueError for what is none.

    >>> sequence("[vision, 'a, b', [1, 2]]")
    ['vision', 'a, b', [1, 2]]
    """
    yaml = YAML(typ="safe", pure=True)
    try:
        values = yaml.load(text)
        nodes = yaml.compose(text).value
    except YAMLError as error:
        raise ValueError(getattr(error, "problem", None) or "it is no list") from error
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(values, list):
        raise ValueError("it is no list")
    return [
        signed(node.value, value) if isinstance(node.value, str) and not node.style else value
        for node, value in zip(nodes, values, strict=True)
    ]


class _Reader:
    """Turns one file into a layer. Nothing in it is evaluated; an unknown tag is a problem."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.yaml = YAML(typ="safe", pure=True)
        self.places: dict[KeyPath, str] = {(): str(file)}
        self.visited = 0

    def layer(self) -> Layer:
        """The file's keys and their places, with what could be read past."""
        node = self._node()
        tree = self._value(node, ())
        if not isinstance(tree, dict):
            self._fail(node.start_mark.line, "this is no config", "write KEY: VALUE, a line each")
        stem = self.file.stem
        if (name := tree.get("name", stem)) != stem:
            wrong = f"the name {name!r} is not the file's"
            right = f"write {stem!r}, or leave it out"
            self.problems.append(Problem(self.places["name",], "name", wrong, right))
        return Layer(stem, tree | {"name": stem}, self.places, tuple(self.problems))

    def _node(self) -> Node:
        try:
            node = nodes(self.file.read_text(encoding="utf-8"), shipped=self.file.parent == CONFIGS)
        except OSError as error:
            self._fail(None, f"this can't be read: {error.strerror}", "")
        except UnicodeDecodeError:
            self._fail(None, "this is no text", "save it as UTF-8")
        except RecursionError:
            self._fail(None, "nested too deeply", "write it out plainly")
        except YAMLError as error:
            raise UserError([*self.problems, broken(str(self.file), error)]) from None
        if node is None:
            self._fail(None, "the file is empty", "write a config, or extends: baseline")
        return node

    def _fail(self, line: int | None, wrong: str, right: str) -> NoReturn:
        where = str(self.file) if line is None else f"{self.file}:{line + 1}"
        raise UserError([*self.problems, Problem(where, "", wrong, right)]) from None

    def _value(self, node: Node, path: KeyPath) -> Any:
        self.visited += 1
        if len(path) > _DEEPEST or self.visited > _LARGEST:
            wrong, right = "nested too deeply, or too large", "write it out plainly"
            self._fail(node.start_mark.line, wrong, right)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            for i, item in enumerate(node.value):
                self.places[*path, i] = self._where(item)
            return [self._value(item, (*path, i)) for i, item in enumerate(node.value)]
        try:
            value = self.yaml.constructor.construct_object(node)
            return value if getattr(node, "style", None) else signed(node.value, value)
        except (YAMLError, ValueError) as error:
            wrong = getattr(error, "problem", None) or str(error)
            self._problem(node, path, wrong, "write a plain text or number")
            return None

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node.value, str):
                self._problem(key_node, path, "a key is a word", "write KEY: VALUE")
                continue
            key = key_node.value
            if key in found:
                first = self.places[*path, key].rpartition(":")[2]
                wrong = f"stands here a second time, first in line {first}"
                self._problem(key_node, (*path, key), wrong, "keep one of them")
                continue
            self.places[*path, key] = self._where(key_node)
            found[key] = self._value(value_node, (*path, key))
        return found

    def _where(self, node: Node) -> str:
        return f"{self.file}:{node.start_mark.line + 1}"

    def _problem(self, node: Node, path: KeyPath, wrong: str, right: str) -> None:
        key = ".".join(map(str, path))
        self.problems.append(Problem(self._where(node), key, wrong, right))
