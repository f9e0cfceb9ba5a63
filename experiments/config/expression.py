"""Expressions over what a market logs, read into a small tree: `(openai.revenue - openai.burn) in 2028`.

    outcome := sum ["in" YEAR | "by" YEAR | "ever"]        YEAR := 2028 | +3, counted from the start
    sum     := product {("+" | "-") product}
    product := factor {("*" | "/") factor}
    factor  := "-" factor | NUMBER | FIRM "." VARIABLE | NAME | CALL | "(" outcome ")"
    CALL    := ("cumulative" | "max" | "min") "(" outcome ")"
             | "sum" "(" VARIABLE {"," FIRM or KIND} ")" | "flow" "(" KIND ["," SOURCE ["," TARGET]] ")"
             | "deal" "(" NUMBER-OF-DEALS "," (DEAL | SOURCE "," TARGET) ")"

Nothing is evaluated here, and no name is looked up: `quantities` does that, `results.terms` has the values.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from computeshift.experiments.errors import instead

MARKET = "market"
"""What stands before the dot of a variable of the market."""
ANY = "any"
"""What stands for the end of a flow that is left open."""
_MOST = 100  # parts: deeper or longer expressions are better written as several outcomes
_LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2}
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
_VARIABLE = re.compile(r"([^\W\d][\w-]*)\.(\w+)")
_WORD = re.compile(r"[^\W\d]\w*")
_HOLDER = re.compile(r"\w[\w-]*")
_SIGN = re.compile(r"[-+*/]")
_YEAR = re.compile(r"\d{4}(?!\w)|\+\d{1,4}(?!\w)")
_EXAMPLES = {
    "sum": "sum(debt, oracle, microsoft)",
    "flow": f"flow(lease, {ANY}, oracle)",
    "deal": "deal(left, oracle, openai)",
}
"""Functions of names, with an example of each."""
_NEXT = re.compile(r"[\w.-]+|.")


class ExpressionError(ValueError):
    """What is wrong with an expression, and what would be right."""

    def __init__(self, wrong: str, right: str) -> None:
        super().__init__(f"{wrong}; {right}")
        self.wrong, self.right = wrong, right


@dataclass(frozen=True)
class Number:
    """A number."""

    value: float

    def __str__(self) -> str:
        return repr(self.value).removesuffix(".0")


@dataclass(frozen=True)
class Name:
    """An outcome by its name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Variable:
    """A variable of a firm, of Stargate or of the market."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}"


@dataclass(frozen=True)
class Flow:
    """What flowed of a kind; an end that is None is any."""

    kind: str
    source: str | None = None
    target: str | None = None

    def __str__(self) -> str:
        ends = [self.source or ANY, self.target or ANY]
        while ends and ends[-1] == ANY:
            ends.pop()
        return f"flow({', '.join([self.kind, *ends])})"


@dataclass(frozen=True)
class OfDeals:
    """A number of a deal by its name, or of all capacity that one firm lets another; None is any firm."""

    number: str
    name: str | None
    source: str | None = None
    target: str | None = None

    def __str__(self) -> str:
        of = [self.source or ANY, self.target or ANY] if self.name is None else [self.name]
        return f"deal({', '.join([self.number, *of])})"


@dataclass(frozen=True)
class Total:
    """A variable summed over firms, or over all firms of kinds; over all that have it where none is named."""

    name: str
    of: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"sum({', '.join([self.name, *self.of])})"


@dataclass(frozen=True)
class Running:
    """The sum, the largest or the smallest of the years so far, year by year."""

    how: Literal["cumulative", "max", "min"]
    inner: Tree

    def __str__(self) -> str:
        return f"{self.how}({self.inner})"


@dataclass(frozen=True)
class Negative:
    """Less than nothing."""

    inner: Tree

    def __str__(self) -> str:
        return f"-{_bracketed(self.inner, isinstance(self.inner, Binary | At))}"


@dataclass(frozen=True)
class Binary:
    """Two parts, added, subtracted, multiplied or divided."""

    sign: str
    left: Tree
    right: Tree

    def __str__(self) -> str:
        level = _LEVEL[self.sign]
        left, right = _level(self.left) < level, _level(self.right) <= level
        return f"{_bracketed(self.left, left)} {self.sign} {_bracketed(self.right, right)}"


@dataclass(frozen=True)
class At:
    """One number for all years: in a year, or the largest of all years by one, or ever.

    With `ahead` the year is counted from the start.
    """

    inner: Tree
    how: Literal["in", "by", "ever"]
    year: int | None = None
    ahead: bool = False

    def __str__(self) -> str:
        when = self.how if self.year is None else f"{self.how} {'+' if self.ahead else ''}{self.year}"
        return f"{_bracketed(self.inner, isinstance(self.inner, At))} {when}"


Tree = Number | Name | Variable | Flow | OfDeals | Total | Running | Negative | Binary | At


def _level(tree: Tree) -> int:
    """How tightly a part of a sum or product holds together."""
    return _LEVEL[tree.sign] if isinstance(tree, Binary) else 0 if isinstance(tree, At) else 3


def _bracketed(tree: Tree, needed: bool) -> str:
    return f"({tree})" if needed else str(tree)


def parts(tree: Tree) -> tuple[Tree, ...]:
    """The trees right inside this one."""
    match tree:
        case Binary(_, left, right):
            return left, right
        case Running(_, inner) | Negative(inner) | At(inner):
            return (inner,)
    return ()


def leaves(tree: Tree) -> Iterator[Tree]:
    """What the tree is made of, from left to right."""
    inner = parts(tree)
    if not inner:
        yield tree
    for part in inner:
        yield from leaves(part)


def dated(tree: Tree) -> bool:
    """Whether it has one number for all years: it says when, or so does all of it that has years."""
    if isinstance(tree, Number | At):
        return True
    inner = parts(tree)
    return bool(inner) and all(map(dated, inner))


def when(tree: Tree) -> tuple[str, int | None]:
    """How and when a dated expression is decided, `("in", 2028)`: the last time in it; `("ever", None)`."""
    own = [(tree.how, tree.year)] if isinstance(tree, At) else [when(part) for part in parts(tree)]
    return max(own, key=lambda time: (time[0] == "ever", time[1] or 0), default=("", None))


def replaced(tree: Tree, by: Callable[[str], Tree]) -> Tree:
    """The same with trees in place of the names of outcomes."""
    return by(tree.name) if isinstance(tree, Name) else _with_parts(tree, lambda part: replaced(part, by))


def counted(tree: Tree, start: int) -> Tree:
    """The same with the years that are counted from the start as years.

    >>> str(counted(parse("max(oracle.debt) in +3"), 2024))
    'max(oracle.debt) in 2027'
    """
    if isinstance(tree, At) and tree.ahead:
        tree = At(tree.inner, tree.how, start + tree.year if tree.year else tree.year)
    return _with_parts(tree, lambda part: counted(part, start))


def _with_parts(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """The same tree with each of its parts changed."""
    match tree:
        case Binary(sign, left, right):
            return Binary(sign, change(left), change(right))
        case Running(how, inner):
            return Running(how, change(inner))
        case Negative(inner):
            return Negative(change(inner))
        case At(inner, how, year, ahead):
            return At(change(inner), how, year, ahead)
    return tree


def is_counted(tree: Tree) -> bool:
    """Whether it has a year that is counted from the start."""
    return (isinstance(tree, At) and tree.ahead) or any(map(is_counted, parts(tree)))


def is_name(text: str) -> bool:
    """Whether a text is one word, as names of outcomes are.

    >>> is_name("stargate_share"), is_name("oracle.debt in 2028")
    (True, False)
    """
    return _WORD.fullmatch(text) is not None


@functools.cache
def parse(text: str) -> Tree:
    """An expression as a tree; ExpressionError if it is none.

    >>> str(parse("( openai.revenue-openai.burn )/openai.revenue  in 2028"))
    '(openai.revenue - openai.burn) / openai.revenue in 2028'
    >>> parse("flow(lease, any, oracle)")
    Flow(kind='lease', source=None, target='oracle')
    """
    reader = _Reader(text)
    tree = reader.outcome()
    reader.end()
    if all(isinstance(leaf, Number) for leaf in leaves(tree)):
        raise ExpressionError("it names nothing of the market", "write one such as openai.revenue / 2")
    return tree


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.left = _MOST

    def outcome(self) -> Tree:
        """A sum, and when."""
        tree = self.sum()
        before, word = self.at, self.take(_WORD)
        if word not in ("in", "by", "ever"):
            self.at = before
            return tree
        if dated(tree):
            self.fail(f"{tree} is one number for all years already", f"leave out {word!r}")
        text = "" if word == "ever" else self.year(word)
        return At(tree, word, int(text) if text else None, text.startswith("+"))  # type: ignore[arg-type]

    def year(self, after: str) -> str:
        """A year of four digits, or one that is counted from the start."""
        text = self.take(_YEAR)
        if not text:
            self.fail(f"no year after {after!r}", f"write one, such as {after} 2028, or {after} +3")
        if int(text) == 0:
            self.fail(f"{text} is the start itself", f"write {after} +1 or a later year")
        return text

    def sum(self, least: int = 1) -> Tree:
        """Factors, joined by signs that hold at least so tightly."""
        left = self.factor()
        while True:
            before, sign = self.at, self.take(_SIGN)
            if _LEVEL.get(sign, 0) < least:
                self.at = before
                return left
            left = Binary(sign, left, self.sum(_LEVEL[sign] + 1))

    def factor(self) -> Tree:
        """One part of a sum or a product."""
        self.left -= 1
        if self.left < 0:
            self.fail(f"it has more than {_MOST} parts", "name some of them as outcomes of their own")
        if self.sign("-"):
            return Negative(self.factor())
        if self.sign("("):
            tree = self.outcome()
            self.must_be(")")
            return tree
        if number := self.take(_NUMBER):
            return self.number(number)
        if variable := self.take(_VARIABLE):
            owner, _, name = variable.partition(".")
            return Variable(owner, name)
        before, word = self.at, self.take(_WORD)
        if self.sign("("):
            return self.call(word)
        if not word or word in KEYWORDS:
            self.at = before
            self.fail(f"{self.next()} where a quantity should be", "write one such as oracle.debt")
        return Name(word)

    def number(self, text: str) -> Number:
        """A number that is finite."""
        if not math.isfinite(float(text)):
            self.fail(f"{text} is too large", "write a smaller number")
        return Number(float(text))

    def call(self, word: str) -> Tree:
        """What is in the brackets of a function."""
        if word in ("cumulative", "max", "min"):
            inner = self.outcome()
            self.must_be(")")
            if dated(inner):
                self.fail(f"{inner} is one number for all years", f"put 'in' and 'by' behind {word}(...)")
            return Running(word, inner)  # type: ignore[arg-type]
        if word not in _EXAMPLES:
            self.fail(f"there is no function {word!r}", instead(word, FUNCTIONS))
        names = [self.holder(word)]
        while self.sign(","):
            names.append(self.holder(word))
        self.must_be(")")
        if word == "sum":
            return Total(names[0], tuple(names[1:]))
        if len(names) > 3:
            self.fail(f"a {word} has two ends", f"write it like {_EXAMPLES[word]}")
        ends = [None if end == ANY else end for end in names[1:]]
        return Flow(names[0], *ends) if word == "flow" else self.of_deals(names[0], ends)

    def of_deals(self, number: str, of: list[str | None]) -> OfDeals:
        """A number of the deal of a name, or of the deals between two firms."""
        match of:
            case [str(name)]:
                return OfDeals(number, name)
            case [source, target]:
                return OfDeals(number, None, source, target)
        return self.fail("it names no deal", "write it like deal(left, NAME) or deal(left, oracle, openai)")

    def holder(self, word: str) -> str:
        """A name in the brackets of `sum`, `flow` or `deal`."""
        name = self.take(_HOLDER)
        if not name:
            self.fail(f"{self.next()} where a name should be", f"write it like {_EXAMPLES[word]}")
        return name

    def take(self, pattern: re.Pattern[str]) -> str:
        """What comes next, if it is that; else nothing."""
        start = self.at
        while start < len(self.text) and self.text[start].isspace():
            start += 1
        found = pattern.match(self.text, start)
        self.at = found.end() if found else self.at
        return found[0] if found else ""

    def sign(self, sign: str) -> bool:
        """Whether this sign comes next."""
        return bool(self.take(re.compile(re.escape(sign))))

    def must_be(self, sign: str) -> None:
        """This sign comes next, or the expression is wrong."""
        if not self.sign(sign):
            self.fail(f"{self.next()} where {sign!r} should be", "check the brackets")

    def end(self) -> None:
        """Nothing comes next, or the expression is wrong."""
        if not self.text[self.at :].strip():
            return
        found = self.next()
        right = "put brackets around a part that has its own year: (oracle.debt in 2028) - 200"
        if found.strip("'")[0] not in "+-*/":
            right = "write + - * / between two quantities, and in YEAR, by YEAR or ever at the end"
        self.fail(f"{found} after the expression has ended", right)

    def next(self) -> str:
        """What comes next, in words."""
        return repr(found) if (found := self.take(_NEXT)) else "nothing"

    def fail(self, wrong: str, right: str) -> NoReturn:
        raise ExpressionError(wrong, right)


FUNCTIONS = ("cumulative", "max", "min", "sum", "flow", "deal")
KEYWORDS = ("in", "by", "ever", *FUNCTIONS, MARKET, ANY)
"""Words that can't name an outcome."""
