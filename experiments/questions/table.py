"""The questions: one entry each, for the command line, `computeshift.NAME`, the guide and the benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Final, Literal

Kind = Literal["text", "texts", "commas", "file", "whole", "wholes", "world", "flag", "settings"]
REQUIRED: Final = ...


@dataclass(frozen=True)
class Option:
    """A parameter of a question's function, and how the command line reads it.

    `least` is the smallest whole number, None where its function knows it; `argument` says that it has no
    `--name` in front.
    """

    name: str
    metavar: str
    help: str
    default: Any = None
    kind: Kind = "text"
    least: int | None = 1
    argument: bool = False
    flags: str = ""
    """What it is called, where that is not `--name` alone; several names have a space between them."""

    @property
    def names(self) -> list[str]:
        """What the command line calls it, such as `--out` and `-o`."""
        return (self.flags or f"--{self.name.replace('_', '-')}").split()


@dataclass(frozen=True)
class Instead:
    """Another question, which a command asks where an option of its own is given.

    `gives` is the parameter of that question that has the option's value.
    """

    question: str
    option: Option
    gives: str = ""


@dataclass(frozen=True)
class Question:
    """A function of a module here, and the command of the same name. `example` holds its arguments."""

    name: str
    module: str
    asks: str
    help: str
    example: str
    options: tuple[Option, ...]
    instead: Instead | None = None
    plays: bool = True
    """Whether it looks at worlds; else it has no progress and no picture."""

    @property
    def command(self) -> str:
        """Its name on the command line."""
        return self.name.replace("_", "-")

    @property
    def home(self) -> str:
        """The module of its function."""
        return f"{__package__}.{self.module}"

    @property
    def function(self) -> Callable[..., Any]:
        """Its function, imported when first used; it returns an answer."""
        function: Callable[..., Any] = getattr(import_module(self.home), self.name)
        return function


SOURCE = Option("source", "CONFIG|RESULTS", "Config, or results folder.", REQUIRED, argument=True)
SOURCES = Option(
    "sources", "CONFIG|RESULTS...", "Configs or results folders; the first is the reference.", REQUIRED,
    kind="texts", argument=True,
)  # fmt: skip
OLD_SOURCE = replace(
    SOURCE, default="end_of_2022", help="Config that starts before the facts, or its results."
)
CONFIG = Option("config", "CONFIG", "Config of the market in which they play.", "baseline")
RESULTS = Option(
    "results", "RESULTS", "Results folders to read instead of running, one per strategy or profile.",
    kind="texts", argument=True,
)  # fmt: skip
WORLDS = Option("worlds", "N", "Number of worlds.", kind="whole")
SEED = Option("seed", "S", "Random seed.", kind="whole", least=0)
SET = Option("set", "KEY=VALUE", "Set a parameter, strategy, shock or deal; repeatable.", kind="settings")
BASE = Option("base", "START", "Config to start from, instead of the config's own start.")
WITHOUT_BASE = (WORLDS, SEED, SET)
SAMPLE = (*WITHOUT_BASE, BASE)
OUTCOME = Option("outcome", "NAME", "Outcome.", REQUIRED)
OUTCOMES = Option(
    "outcomes",
    "NAME,NAME",
    "Outcomes to add: names, or expressions such as 'oracle.debt in 2028'; repeatable.",
    kind="commas",
)
YEAR = Option("year", "YEAR", "Year to look at (default: the last).", kind="whole")
FIT_UNTIL = Option("fit_until", "YEAR", "Last year whose facts are used to fit.", 2024, kind="whole")
FACTS = Option("facts", "FILE.csv", "File with additional facts.", kind="file")
ALL = Option(
    "all", "", "Score every start on every later year that has facts (the scorecard).", False, kind="flag"
)
LEAST_RECOVERIES = 20
RECOVERIES = Option(
    "recoveries", "N", "Number of true worlds to recover.", 100, kind="whole", least=LEAST_RECOVERIES
)
OUT = Option("out", "FILE", "File for the posterior, to be used with run --posterior.", kind="file")
FORCE = Option(
    "force", "", "Overwrite the output file even if computeshift did not write it.", False, kind="flag"
)

QUESTIONS = (
    Question(
        "compare",
        "compare.compare",
        "What would be different?",
        "Compare configs or results with the first of them, world by world; also prior and posterior.",
        "baseline softbank_crunch no_mgx --worlds 2000",
        (SOURCES, YEAR, OUTCOMES, *SAMPLE),
    ),
    Question(
        "experiment",
        "experiment.experiment",
        "What comes of many settings at once?",
        "Simulate many settings (a grid, samples or cases) into one folder; compare them with the first.",
        "baseline --set softbank.strategy=[vision,prudent,exit] --worlds 500",
        (
            Option(
                "source",
                "FILE.yaml|CONFIG|DIR",
                "File or folder of an experiment, or a config.",
                REQUIRED,
                argument=True,
            ),
            Option(
                "out",
                "DIR",
                "Folder for the cells and their table; an unfinished one is resumed.",
                kind="file",
            ),
            replace(OUTCOMES, help="Outcome, claim or expression of the table; repeatable."),
            WORLDS,
            SEED,
            replace(SET, help="Set a parameter, strategy, shock or deal, or vary it: KEY=[A,B]; repeatable."),
            Option("workers", "N", "Number of local worker processes.", kind="whole"),
            Option("scheduler", "ADDRESS", "Address of a dask cluster to run on: tcp://HOST:8786."),
        ),
    ),
    Question(
        "strategies",
        "games.strategies",
        "Which strategy pays a firm, and at which risk?",
        "Compare a firm's strategies, all else as configured: gain, how often each pays off, and risk.",
        "openai --worlds 2000",
        (
            Option("firm", "FIRM", "Firm whose strategies to compare.", REQUIRED, argument=True),
            RESULTS,
            CONFIG,
            OUTCOMES,
            *SAMPLE,
        ),
    ),
    Question(
        "game",
        "games.game",
        "What should the players choose against each other?",
        "Solve the game between firms: payoffs, dominated strategies, Nash equilibria.",
        "--players openai,microsoft --worlds 1000",
        (
            Option("players", "FIRM,FIRM", "Firms that play; repeatable.", REQUIRED, kind="commas"),
            RESULTS,
            CONFIG,
            OUTCOMES,
            *SAMPLE,
        ),
    ),
    Question(
        "levers",
        "levers.levers",
        "Which strategies and shocks move what?",
        "Try each strategy, shock and deal alone: which headline outcomes it moves, and by how much.",
        "baseline --worlds 1000",
        (replace(CONFIG, help="Config to change, one lever at a time.", argument=True), OUTCOMES, *SAMPLE),
    ),
    Question(
        "sensitivity",
        "sensitivity.sensitivity",
        "Which uncertain parameters does an outcome depend on?",
        "Rank uncertain parameters, and random draws, by how much of the variance of outcomes they explain.",
        "baseline --outcome stargate_share --rows 1024",
        (
            SOURCE,
            replace(
                OUTCOME,
                metavar="NAME,NAME",
                help="Outcomes or claims to explain: names, or expressions such as 'oracle.debt in 2028'; "
                "repeatable.",
                kind="commas",
            ),
            Option("method", "sobol|morris|rbd_fast", "Method (default: sobol; for a folder, rbd_fast)."),
            Option("rows", "N", "Number of rows of the base sample.", kind="whole", least=None),
            Option("by", "section|firm", "Vary inputs in groups (sobol), by section of the config or firm."),
            Option("years", "YEAR,YEAR", "Years to look at (default: the last); repeatable.", kind="wholes"),
            SEED,
            SET,
            BASE,
        ),
    ),
    Question(
        "discover",
        "discover.discover",
        "Under which conditions does a claim fail, or hold?",
        "Find regions of the uncertain parameters in which a claim fails, or holds.",
        "baseline --claim burn_2027",
        (
            SOURCE,
            Option("claim", "NAME", "Claim to examine.", REQUIRED),
            Option(
                "holds",
                "",
                "Find where the claim holds, or where it fails.",
                False,
                "flag",
                flags="--holds/--fails",
            ),
            *SAMPLE,
        ),
    ),
    Question(
        "backtest",
        "evidence.backtest",
        "How well did the model foresee a year that it was not fitted to?",
        "Score the model on a year that it was not fitted to, fact by fact.",
        "--fit-until 2024 --score 2025",
        (
            OLD_SOURCE,
            FIT_UNTIL,
            Option("score", "YEAR", "Year to score.", 2025, kind="whole"),
            FACTS,
            *SAMPLE,
        ),
        instead=Instead("scorecard", ALL),
    ),
    Question(
        "scorecard",
        "evidence.scorecard",
        "How far can the model be trusted, and with what?",
        "Score every start against every later year: coverage, bias and skill by group of facts.",
        "--worlds 2000",
        (FACTS, *WITHOUT_BASE),
    ),
    Question(
        "calibrate",
        "evidence.calibrate",
        "Which worlds agree with the facts?",
        "Weigh worlds by how well they agree with the facts: a posterior over the uncertain parameters.",
        "--fit-until 2024 --out posterior.parquet",
        (
            OLD_SOURCE,
            FIT_UNTIL,
            FACTS,
            *SAMPLE,
            OUT,
            FORCE,
        ),
        instead=Instead(
            "recover",
            replace(
                RECOVERIES,
                name="recover",
                help="Fit synthetic facts of N known worlds instead of the real ones.",
                default=None,
            ),
            gives="recoveries",
        ),
    ),
    Question(
        "recover",
        "evidence.recover",
        "Does calibration find parameters that are known?",
        "Calibrate on synthetic facts of known worlds: ranks, coverage, and what the facts inform.",
        "--recoveries 100",
        (OLD_SOURCE, RECOVERIES, FIT_UNTIL, FACTS, *SAMPLE),
    ),
    Question(
        "known_later",
        "evidence.known_later",
        "What do later facts change, and what if something were different after them?",
        "Weigh worlds by facts, run those that agree, and fork them after the last known year.",
        "end_of_2023 --at 2024 --then microsoft.strategy=inhouse -o known",
        (
            replace(CONFIG, help="Config whose worlds to weigh.", default=REQUIRED, argument=True),
            FACTS,
            Option(
                "then",
                "KEY=VALUE",
                "Set a parameter, strategy, shock or deal after the last known year; repeatable.",
                kind="settings",
            ),
            Option(
                "at",
                "YEAR",
                "Last year that is known (default: the last that the facts are about).",
                kind="whole",
            ),
            Option("weigh", "N", "Number of worlds to weigh by the facts (default: 100,000).", kind="whole"),
            OUTCOMES,
            replace(
                OUT,
                metavar="DIR",
                help="New folder for the posterior and the runs.",
                default=REQUIRED,
                flags="--out -o",
            ),
            *SAMPLE,
        ),
    ),
    Question(
        "predict",
        "predictions.predict",
        "What does the model predict, on the record?",
        "Write dated predictions: the probability of each claim, and quantiles of future facts.",
        "baseline -o predictions.json",
        (
            SOURCE,
            replace(
                OUT,
                metavar="FILE.json",
                help="File for the predictions, to be scored later with score.",
                flags="--out -o",
            ),
            FORCE,
            *SAMPLE,
        ),
    ),
    Question(
        "score",
        "predictions.score",
        "What were dated predictions worth?",
        "Score predictions on later facts: Brier and log scores, CRPS, coverage, and what is undecided.",
        "predictions.json",
        (
            Option(
                "predictions", "PREDICTIONS", "File written by predict.", REQUIRED, kind="file", argument=True
            ),
            replace(FACTS, help="File with additional facts; repeatable.", kind="texts"),
        ),
        plays=False,
    ),
    Question(
        "explain",
        "explain.explain",
        "Why did a firm do what it did?",
        "Explain a firm's year: what it wanted and got, which limits decided, and whose they were.",
        "baseline --firm oracle --year 2027",
        (
            SOURCE,
            Option("firm", "NAME", "Firm whose decisions to explain.", REQUIRED),
            Option("year", "YEAR", "Year to explain.", REQUIRED, kind="whole"),
            Option(
                "world",
                "N|median|NAME",
                "World to look at: its number, or what it is, such as typical, 'highest stargate_share' or "
                "'openai gives compute back'.",
                "median",
                kind="world",
            ),
            *SAMPLE,
        ),
    ),
    Question(
        "deals",
        "deals.deals",
        "Who is bound to whom, for how long, and in which rings does money return?",
        "List deals: what is still due by year, who depends on them, and the rings of money they form.",
        "baseline --worlds 500",
        (SOURCE, YEAR, *SAMPLE),
    ),
    Question(
        "breaks",
        "breaks.breaks",
        "Which deal, if broken, hurts a firm most?",
        "Break each deal in turn, in calm worlds and in a storm; rank deals by the harm to a firm.",
        "oracle_contract --year 2028 --hurts oracle --worlds 200",
        (
            replace(CONFIG, help="Config whose deals to break.", argument=True),
            replace(YEAR, help="Year in which they are broken.", default=REQUIRED),
            Option("hurts", "FIRM", "Firm whose losses are measured.", REQUIRED),
            replace(
                OUTCOME,
                help="Outcome to rank by, or an expression such as 'openai.burn in 2028' (default: the "
                "firm's worth to owners and lenders).",
                default=None,
            ),
            *SAMPLE,
        ),
    ),
    Question(
        "risk",
        "risk.risk",
        "Whose failure spreads to whom, and where does money run in circles?",
        "Measure contagion between firms, payments that return to their payer, and concentration.",
        "baseline --worlds 500",
        (SOURCE, *SAMPLE),
    ),
    Question(
        "diff",
        "diff.diff",
        "How do two configs, or two runs, differ?",
        "List what differs between two configs or results folders: numbers, ties, shocks, settings.",
        "baseline softbank_crunch",
        (
            replace(SOURCE, name="first", help="Config, or results folder, to compare with."),
            replace(SOURCE, name="second", help="Config, or results folder, to compare."),
            BASE,
        ),
        plays=False,
    ),
)
