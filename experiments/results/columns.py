"""What the columns of a stored table are about: it stands once, in the metadata of the table's schema.

The key `columns` there holds JSON, which every reader of Parquet can get at: for each column its unit, its
meaning, and what else tells it apart, such as the kind of a posting, its source and its target.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import reduce

import pyarrow as pa

About = Mapping[str, str]
"""What a column is about: `unit`, `meaning`, and what it is of."""

KEY = "columns"

ROW: Mapping[str, About] = {
    "world": {
        "unit": "",
        "meaning": "number of the world; it has the same random draws in every run with this seed",
    },
    "year": {"unit": "", "meaning": "calendar year"},
}
"""The columns that say which world and year a row is about."""


def described(fields: Iterable[pa.Field], about: Mapping[str, About]) -> pa.Schema:
    """A schema that says what its columns are about."""
    text = json.dumps(about, ensure_ascii=False, separators=(",", ":"))
    return pa.schema(fields, metadata={KEY: text})


def about_columns(schema: pa.Schema) -> dict[str, About]:
    """What the columns of a table are about, by name."""
    about: dict[str, About] = json.loads((schema.metadata or {}).get(KEY.encode(), b"{}"))
    return about


def joined(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """The schema of several blocks of a table: a column may be in some of them alone."""
    return reduce(_joined, schemas)


def _joined(one: pa.Schema, other: pa.Schema) -> pa.Schema:
    if one.metadata == other.metadata:
        return one
    fields = {field.name: field for schema in (other, one) for field in schema}
    about = {**about_columns(one), **about_columns(other)}
    return described((fields[name] for name in dict.fromkeys([*one.names, *other.names])), about)


def words(fields: Iterable[pa.Field]) -> list[str]:
    """The names of the columns of words, of a schema or of some of its columns."""
    return [field.name for field in fields if _is_word(field.type)]


def numbers(schema: pa.Schema) -> list[str]:
    """The names of the columns of numbers: neither words, nor the world or the year."""
    return [field.name for field in schema if pa.types.is_floating(field.type)]


def _is_word(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_dictionary(kind))


def in_order(years: Iterable[Iterable[str]]) -> list[str]:
    """The names of several years, in an order that each of the years has too where there is one.

    >>> in_order([["lease", "interest"], ["lease", "equity", "interest"]])
    ['lease', 'equity', 'interest']
    """
    order: list[str] = []
    for names in dict.fromkeys(map(tuple, years)):
        at = 0
        for name in names:
            if name in order:
                at = order.index(name) + 1
            else:
                order.insert(at, name)
                at += 1
    return order
