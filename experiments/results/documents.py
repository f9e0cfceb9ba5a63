"""JSON documents that computeshift wrote, read back: whole and as declared, or told what is wrong."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from computeshift.experiments.errors import Problem, UserError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_SHOWN = 5  # problems in a message
_WIDTH = 60  # characters of a wrong value in a message

Model = TypeVar("Model", bound=BaseModel)


def read_document(
    file: Path,
    model: type[Model],
    must_be_ours: Callable[[Any], None],
    remedy: str,
    loads: Callable[[str], Any] = json.loads,
) -> Model:
    """The document of a file; `must_be_ours` looks at what `loads` makes of its text, before its entries.

    OSError if it can't be read. UserError if it is no JSON or not as the model declares, with the `remedy`;
    and whatever `must_be_ours` and `loads` raise.
    """
    try:
        text = file.read_text("utf-8")
        must_be_ours(loads(text))
        return model.model_validate_json(text)
    except json.JSONDecodeError as error:
        raise UserError(f"{file}:{error.lineno}: it is no JSON: {error.msg}; {remedy}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file}: it is no UTF-8 text; {remedy}") from error
    except RecursionError as error:
        raise UserError(f"{file}: it is nested too deeply; {remedy}") from error
    except ValidationError as errors:
        problems = [_problem(file, error, remedy) for error in errors.errors()[:_SHOWN]]
        raise UserError(problems) from errors


def _problem(file: Path, error: ErrorDetails, remedy: str) -> Problem:
    """An entry that is missing or wrong."""
    key = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return Problem(str(file), key, "it is missing", remedy)
    value = textwrap.shorten(repr(error["input"]), _WIDTH)
    return Problem(str(file), key, f"{value} does not belong here: {error['msg']}", remedy)
