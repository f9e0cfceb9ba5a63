"""Messages on standard error: what goes wrong in a command, and what it warns of, in terms of its options."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from computeshift.experiments.cli.output import OutputError
from computeshift.experiments.errors import UserError, rewritten
from computeshift.experiments.run.failed import FailedBlocksError

Context = Any  # click's, which newer versions of typer bring along and older ones import


class Commands(TyperGroup):
    """The commands. What stops one is a message and an exit code: 2 the user's mistake, 130 Ctrl-C."""

    def invoke(self, ctx: Context) -> Any:
        try:
            with self._notes(ctx):
                return super().invoke(ctx)
        except KeyboardInterrupt as stopped:
            self._say(ctx, str(stopped) or "interrupted")
            raise typer.Exit(130) from None
        except OutputError:
            raise
        except UserError as wrong:
            self._say(ctx, str(wrong))
            raise typer.Exit(1 if isinstance(wrong, FailedBlocksError) else 2) from None

    @contextmanager
    def _notes(self, ctx: Context) -> Iterator[None]:
        """Print warnings as notes; answers themselves say which numbers overflow."""

        def note(message: Warning | str, *_: Any, **__: Any) -> None:
            self._say(ctx, f"note: {message}")

        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.simplefilter("ignore", RuntimeWarning)
            warnings.showwarning = note
            yield

    def _say(self, ctx: Context, message: str) -> None:
        """Print a message, its parameters as options: `fork` as --from, `keep="all"` as --keep all."""
        options = self._options(ctx.invoked_subcommand)

        def option(name: str, value: str) -> str | None:
            if name not in options:
                return None
            return f"{options[name]} {value}" if value not in ("", "True") else options[name]

        typer.echo(rewritten(message, option), err=True)

    def _options(self, running: str | None) -> dict[str, str]:
        """What stands for each parameter on the command line: of the running command, else of another."""
        every = [known for command in self.commands.values() for known in command.params]
        options = [known for known in every if known.param_type_name == "option"]
        own = self.commands[running].params if running else []
        return {str(known.name).rstrip("_"): _written(known) for known in (*options, *own)}


def _written(parameter: Any) -> str:
    """A parameter as users write it: its long option, or what help calls the argument."""
    long = [name for name in parameter.opts if name.startswith("--")]
    return str(long[0] if long else parameter.metavar)
