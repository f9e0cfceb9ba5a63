"""Numbers as people read them: few figures, units in place, intervals; the same on screens and pages."""

from __future__ import annotations

import math
from collections.abc import Iterable

from computeshift.environment.ratings import in_words
from computeshift.environment.sense import HAIR

PERCENT = ("share", "0/1", "points")
"""Units shown times 100; `points` is the unit of differences of the other two."""
BARE = ("factor", "ratio", "index", "log")
"""Units that a sentence leaves out."""


# --- digits ---


def fixed(value: float | None, decimals: int, sign: bool = False) -> str:
    """A number with this many decimals. Zero has no sign, an unknown number is n/a.

    >>> fixed(1234.5, 1), fixed(-0.001, 1, sign=True), fixed(0.25, 1, sign=True), fixed(None, 1)
    ('1,234.5', '0.0', '+0.2', 'n/a')
    """
    if value is None or not math.isfinite(value):
        return "n/a"
    rounded = round(float(value), decimals) + 0.0
    return f"{rounded:{'+' if sign and rounded else ''},.{decimals}f}"


def decimals(value: float, figures: int, most: int) -> int:
    """Decimals that give a number this many significant figures, at most `most`.

    >>> decimals(3.14159, 3, most=4), decimals(1234.5, 3, most=4), decimals(0.000012, 3, most=4)
    (2, 0, 4)
    """
    if value == 0 or not math.isfinite(value):
        return 0
    return min(max(figures - 1 - math.floor(math.log10(abs(value))), 0), most)


def short(value: float, sign: bool = False) -> str:
    """A number in two figures, for pictures.

    >>> short(0.0412), short(3.14159), short(27.18), short(-0.0001), short(2.5, sign=True)
    ('0.041', '3.1', '27', '0', '+2.5')
    """
    text = fixed(value, decimals(value, 2, most=3), sign)
    return text if text.strip("0.") else "0"


def cell(value: float | None) -> str:
    """A number in a column of a table: one decimal below ten.

    >>> cell(0.04), cell(3.14159), cell(27.18), cell(1234.5), cell(-0.01), cell(None)
    ('0.0', '3.1', '27', '1,234', '0.0', 'n/a')
    """
    return fixed(value, 1 if abs(value or 0.0) < 9.95 else 0)


def figures(value: float, most: int = 3) -> str:
    """A number in three figures, or `most`; a year in full, and what rounding leaves as nothing.

    >>> figures(0.06123), figures(2027.0), figures(41.26), figures(41.26, most=6), figures(-1e-18)
    ('0.0612', '2027', '41.3', '41.26', '0')
    """
    if abs(value) < HAIR:
        return "0"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.{most}g}"


def percent(share: float, decimals: int = 0) -> str:
    """A share in percent.

    >>> percent(0.379), percent(-0.001), percent(0.379, 1)
    ('38%', '0%', '37.9%')
    """
    return f"{fixed(100 * share, decimals)}%" if math.isfinite(share) else "n/a"


# --- units ---


def unit_label(unit: str) -> str:
    """A unit on an axis or in a table: shares are in percent, their differences in points.

    >>> unit_label("share"), unit_label("points"), unit_label("GW")
    ('%', 'points', 'GW')
    """
    return "%" if unit in PERCENT and unit != "points" else unit


def unit_of_difference(unit: str) -> str:
    """The unit of differences of numbers of a unit.

    >>> unit_of_difference("share"), unit_of_difference("GW")
    ('points', 'GW')
    """
    return "points" if unit in PERCENT else unit


def scale(unit: str) -> float:
    """The factor by which numbers of a unit are multiplied to be shown."""
    return 100.0 if unit in PERCENT else 1.0


def dollars(number: str) -> str:
    """A written number with a dollar sign.

    >>> dollars("1,234"), dollars("-4.5"), dollars("n/a")
    ('$1,234', '-$4.5', 'n/a')
    """
    if number == "n/a":
        return number
    return f"{number[0]}${number[1:]}" if number[0] in "+-" else f"${number}"


def _with_unit(number: str, unit: str) -> str:
    """A written number with its unit, which stands around it if it is one of money."""
    money = unit.startswith("$ bn")
    return f"{dollars(number)} bn{unit.removeprefix('$ bn')}" if money else f"{number} {unit}"


def money(value: float, sign: bool = False) -> str:
    """An amount of money, given in $ bn, with one decimal.

    >>> money(6.91), money(-1234.56), money(98.4, sign=True)
    ('$6.9 bn', '-$1,234.6 bn', '+$98.4 bn')
    """
    return _with_unit(fixed(value, 1, sign), "$ bn")


def with_unit(value: float, unit: str, sign: bool = False) -> str:
    """A number in two figures with its unit.

    >>> with_unit(0.384, "share"), with_unit(1234.5, "$ bn"), with_unit(-0.5, "GW", sign=True)
    ('38%', '$1,234 bn', '-0.50 GW')
    """
    number = short(value * scale(unit), sign)
    return f"{number}%" if unit_label(unit) == "%" else _with_unit(number, unit)


def quantity(value: float, unit: str) -> str:
    """A number with its unit within a sentence: three figures, two decimals at most.

    >>> quantity(0.0182, "share a year"), quantity(12.345, "$ bn per GW"), quantity(-0.001, "GW")
    ('1.8% a year', '$12.3 bn per GW', '0.00 GW')
    >>> quantity(0.815, "factor"), quantity(1.0, "0/1")
    ('0.81', 'yes')
    >>> quantity(8.72, "notch")
    'BBB (8.7)'
    """
    if unit == "0/1":
        return "yes" if value else "no"
    if unit == "notch":
        return f"{in_words(value)} ({fixed(value, 1)})"
    if unit.startswith("share"):
        return percent(value, 1) + unit.removeprefix("share")
    number = fixed(value, decimals(value, 3, most=2) if value else 2)
    return number if unit in BARE else _with_unit(number, unit)


def level(value: float, unit: str) -> str:
    """A number in three figures, without its unit: a share in percent.

    >>> level(0.4567, "share"), level(1234.5, "$ bn"), level(0.0123, "GW")
    ('45.7', '1,234', '0.0123')
    """
    scaled = value * scale(unit)
    return fixed(scaled, decimals(scaled, 3, most=4))


def difference(value: float, unit: str) -> str:
    """A difference in three figures with its sign and unit: that of shares in percentage points.

    >>> difference(-0.123, "share"), difference(4.5, "GW"), difference(0.835, "$ bn")
    ('-12.3 points', '+4.50 GW', '+$0.835 bn')
    """
    scaled = value * scale(unit)
    return _with_unit(fixed(scaled, decimals(scaled, 3, most=4), sign=True), unit_of_difference(unit))


def difference_between(value: float, low: float, high: float, unit: str) -> tuple[str, str]:
    """A difference and its interval, without the unit and with as many decimals; no interval if it has none.

    >>> difference_between(-0.123, -0.2, -0.05, "share"), difference_between(4.5, math.nan, math.nan, "GW")
    (('-12.3', '-20.0 to -5.0'), ('+4.50', ''))
    """
    ends = [scale(unit) * float(end) for end in (value, low, high) if not math.isnan(end)]
    places = decimals(max(map(abs, ends)), 3, most=4)
    middle, *between = (fixed(end, places, sign=True) for end in ends)
    return middle, " to ".join(between)


# --- intervals ---


def interval(low: float, high: float) -> str:
    """An interval, its ends with one decimal.

    >>> interval(2.71, 1234)
    '2.7 to 1,234.0'
    """
    return f"{fixed(low, 1)} to {fixed(high, 1)}"


def interval_of_shares(low: float, high: float, decimals: int = 0) -> str:
    """An interval of a share.

    >>> interval_of_shares(0.021, 0.3)
    '2% to 30%'
    """
    return f"{percent(low, decimals)} to {percent(high, decimals)}"


def share_with_interval(share: float, low: float, high: float) -> str:
    """A share of worlds with its 95% interval.

    >>> share_with_interval(0.25, 0.142, 0.402)
    '25.0% (14.2% to 40.2%)'
    """
    return f"{percent(share, 1)} ({interval_of_shares(low, high, 1)})"


def span(spread: Iterable[float], unit: str, sign: bool = False) -> str:
    """A median with its band and unit; `spread` is low, middle and high.

    >>> span([0.28, 0.39, 0.48], "share"), span([1.9, 5.9, 11], "GW")
    ('39% (28% to 48%)', '5.9 (1.9 to 11) GW')
    >>> span([36, 165, 449], "$ bn"), span([-0.01, 0.02, 0.03], "points", sign=True)
    ('$165 bn (36 to 449)', '+2.0 (-1.0 to +3.0) points')
    """
    low, middle, high = (short(value * scale(unit), sign) for value in spread)
    if unit_label(unit) == "%":
        return f"{middle}% ({low}% to {high}%)"
    if unit.startswith("$ bn"):
        return f"{_with_unit(middle, unit)} ({low} to {high})"
    return f"{middle} ({low} to {high}) {unit}"


def spans(spread: Iterable[Iterable[float]], unit: str, sign: bool = False) -> list[str]:
    """The same of many: `spread` is `(3, n)`, lows, middles and highs.

    >>> spans([[1.9, 3], [5.9, 4], [11, 5]], "GW")
    ['5.9 (1.9 to 11) GW', '4.0 (3.0 to 5.0) GW']
    """
    return [span(one, unit, sign) for one in zip(*spread, strict=True)]


# --- counts and references ---


def count(number: float) -> str:
    """How many, as a whole number.

    >>> count(1000), count(412.3)
    ('1,000', '412')
    """
    return fixed(number, 0)


def worlds(count: int) -> str:
    """A number of worlds.

    >>> worlds(1000), worlds(1)
    ('1,000 worlds', '1 world')
    """
    return f"{count:,} world" + ("s" if count != 1 else "")


def counted(number: int, thing: str) -> str:
    """So many of a thing.

    >>> counted(2, "outcome or claim"), counted(1, "tie")
    ('2 outcomes or claims', '1 tie')
    """
    words = thing if number == 1 else " ".join(word if word == "or" else f"{word}s" for word in thing.split())
    return f"{number} {words}"


def pairs_of_worlds(count: int) -> str:
    """A number of paired worlds.

    >>> pairs_of_worlds(1000), pairs_of_worlds(1)
    ('1,000 pairs of worlds', 'one pair of worlds')
    """
    return f"{count:,} pairs of worlds" if count != 1 else "one pair of worlds"


def minus(reference: str) -> str:
    """The reference of a difference, for titles and captions.

    >>> minus("baseline")
    'minus baseline'
    """
    return f"minus {reference}"
