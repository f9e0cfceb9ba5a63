"""The command `plot`: an outcome over the worlds of a config or a results folder, as a picture."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from computeshift.experiments.cli.options import Base, Force, Load, Seed, Set, Worlds, settings, whole
from computeshift.experiments.cli.terminal import load_files, progress

YEAR = typer.Option(parser=whole("year"), metavar="YEAR", help="Year of the dots (default: the last).")
DOTS = typer.Option(parser=whole("dots"), metavar="50|20", help="Number of dots (default: 50).")


def plot(
    source: Annotated[str, typer.Argument(metavar="CONFIG|RESULTS", help="Config, or results folder.")],
    outcome: Annotated[
        str,
        typer.Option(metavar="NAME", help="Outcome, firm's variable or expression, such as softbank.nav."),
    ],
    form: Annotated[
        str,
        typer.Option(
            metavar="band|lines|dots",
            help="Quantiles, single worlds, or one year with each dot an equal share of worlds.",
        ),
    ] = "band",
    year: Annotated[Any, YEAR] = None,
    dots: Annotated[Any, DOTS] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="File: FILE.html, FILE.svg or FILE.png.")
    ] = Path("fan.html"),
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    base: Base = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """Draw an outcome over the years as bands or single worlds, or one year as dots."""
    load_files(load)
    from computeshift.experiments.results.files import PICTURE, short, writable
    from computeshift.experiments.results.results import Results
    from computeshift.experiments.run.run import run
    from computeshift.experiments.run.sample import Sample, opened
    from computeshift.experiments.views.plots.fans import chosen_form, fan

    writable(out, PICTURE, force, "out")  # a file that can't be written is refused before the work
    shown = chosen_form(form, year, dots)
    given = settings(set_) | {name: text for name, text in (("worlds", worlds), ("seed", seed)) if text}
    chosen = opened(source, Sample(set=given or None, base=base))
    with progress("plot") as update, tempfile.TemporaryDirectory() as folder:
        results = chosen
        if not isinstance(results, Results):
            results = run(results, out=Path(folder) / "run", progress=update)
        picture = fan(results, outcome, form=shown, year=year, dots=dots)
        written = picture.write(out, force)
    print(f"{picture!r}\nPicture in {short(written)}")
