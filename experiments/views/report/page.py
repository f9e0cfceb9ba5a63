"""The page: words, tables and figures as one HTML file that needs no other file."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from computeshift.experiments.results.files import REPORT
from computeshift.experiments.views.ask.parts import Paragraph, Part
from computeshift.experiments.views.plots.library import CELL, data_of, echarts, inlined, part, script
from computeshift.experiments.views.report.asked import Answered
from computeshift.experiments.views.report.figures import Figure
from computeshift.experiments.views.report.tables import Table

_MARK = REPORT.marks[".html"]


@dataclass(frozen=True)
class Page:
    """The contents of a report; what is empty has no heading."""

    title: str
    settings: Table
    findings: list[str]
    numbers: Table
    figures: list[Figure]
    reproduction: Table
    claims: Table = field(default_factory=list)
    certainty: list[str] = field(default_factory=list)
    trust: list[str] = field(default_factory=list)
    scorecard: Table = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)

    @property
    def every_figure(self) -> list[Figure]:
        """Its own figures, and those of its answers."""
        return [*self.figures, *(one.figure for one in self.answers)]


def html_of(page: Page) -> str:
    """The page as HTML, with its style, its script, ECharts and its data."""
    data = inlined(_data(page.every_figure))
    charts = any(figure.cells for figure in page.every_figure)
    code = "".join(map(part, ("fit.js", "cell.js", "dark.js"))) + _part("page.js")
    body = [
        f"<h1>{_text(page.title)}</h1>",
        *(f'<p class="warning">{_text(warning)}</p>' for warning in page.warnings),
        *_section("Question and settings", [], page.settings),
        *_section("Findings", page.findings, page.numbers, page.claims),
        *_section("How certain it is", page.certainty),
        *_section("How far to trust the model", page.trust, page.scorecard),
        _contents(page.every_figure),
        f'<div class="figures">{"".join(_figure(figure) for figure in page.figures)}</div>',
        *map(_answer, page.answers),
        *_section("How to reproduce it", [], page.reproduction),
        "<noscript><p>The pictures need JavaScript; it is within this file.</p></noscript>",
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{_MARK}\n<title>{_text(page.title)}</title>\n<style>\n{part('cell.css')}{part('dark.css')}{_part('page.css')}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + f'\n</main>\n<script type="application/json" id="data">{data}</script>\n'
        + (f"<script>{echarts()}</script>\n" if charts else "")
        + (f"<script>\n{script(code)}</script>\n" if charts else "")
        + "</body>\n</html>\n"
    )


def _text(words: str) -> str:
    """Words as HTML. Addresses among them stay words: no browser makes links of them."""
    return html.escape(words).replace("://", ":&#47;&#47;")


@cache
def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _section(heading: str, texts: Iterable[str], *tables: Table) -> list[str]:
    """A heading with paragraphs and tables under it; nothing where there are none."""
    parts = [*_paragraphs(texts), *(_table(rows) for rows in tables if rows)]
    return [f"<h2>{heading}</h2>", *parts] if parts else []


def _paragraphs(texts: Iterable[str]) -> list[str]:
    return ["<p>" + _CODE.sub(r"<code>\1</code>", _text(text)) + "</p>" for text in texts]


def _table(rows: Table, right: Sequence[bool] = ()) -> str:
    """A table whose first row and first column are heads; `right` says which columns are numbers."""
    heads, *lines = rows
    kinds = [' class="number"' if number else "" for number in right] or [""] * len(heads)
    head = "".join(
        f'<th scope="col"{kind}>{_text(cell)}</th>' for kind, cell in zip(kinds, heads, strict=True)
    )
    body = "".join(
        f'<tr><th scope="row">{_text(first)}</th>'
        + "".join(f"<td{kind}>{_text(cell)}</td>" for kind, cell in zip(kinds[1:], cells, strict=True))
        + "</tr>"
        for first, *cells in lines
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _contents(figures: Sequence[Figure]) -> str:
    links = (f'<a href="#{figure.name}">{_text(figure.heading)}</a>' for figure in figures)
    return f'<nav aria-label="Figures">{"".join(links)}</nav>'


_CODE = re.compile(r"`([^`]+)`")
_CELLS = f'<div class="controls"></div><div class="cells"></div><template>{CELL}</template>'


def _answer(one: Answered) -> str:
    """A question, what it is about, its verdict, its picture, the rest, and the command for the same."""
    found = one.shown
    same = f"The command line says the same. {found.call.first}".strip()
    return (
        f'<section id="{one.figure.name}" class="answer wide full"><h2>{_text(one.figure.heading)}</h2>'
        f'<p class="missing">{_text(one.about)}</p>{"".join(map(_of_answer, found.verdict))}{_CELLS}'
        f'{"".join(map(_of_answer, found.rest))}<p class="missing">{_text(same)}</p>'
        f"<pre><code>{_text(found.call.command)}</code></pre></section>"
    )


def _of_answer(one: Part) -> str:
    """A paragraph, or a table with its title and note."""
    if isinstance(one, Paragraph):
        return f'<p class="missing">{_text(one.text)}</p>' if one.faint else _paragraphs([one.text])[0]
    title = f"<h3>{_text(one.title)}</h3>" if one.title else ""
    note = f'<p class="missing">{_text(one.note)}</p>' if one.note else ""
    return title + _table([one.heads, *one.rows], one.right) + note


def _figure(figure: Figure) -> str:
    heading = f"<h2>{_text(figure.heading)}</h2>"
    width = " ".join(word for word, is_so in (("wide", figure.wide), ("full", figure.full)) if is_so)
    cells = _CELLS if figure.cells else f'<p class="missing">{_text(figure.missing)}</p>'
    return f'<section id="{figure.name}" class="{width}">{heading}{cells}</section>'


def _data(figures: Sequence[Figure]) -> dict[str, Any]:
    """The script's data: figures, whose cells refer to pictures by number, and pictures."""
    pictures: list[dict[str, Any]] = []
    charts = []
    for figure in figures:
        if not figure.cells:
            continue
        at = {
            name: {option: i for i, option in enumerate(options)} for name, options in figure.choices.items()
        }
        cells: dict[str, list[dict[str, Any]]] = {}
        for chosen, pairs in figure.cells.items():
            key = ",".join(str(at[name][option]) for name, option in zip(at, chosen, strict=True))
            cells[key] = []
            for whose, picture in pairs:
                cells[key].append({"whose": whose, "picture": len(pictures)})
                pictures.append(data_of(picture, whose))
        choices = [{"name": name, "options": options} for name, options in figure.choices.items()]
        charts.append({"name": figure.name, "choices": choices, "cells": cells})
    return {"figures": charts, "pictures": pictures}
