"""A fleet's generations: what old chips earn, and what they are worth in the books."""

from __future__ import annotations

import numpy as np

from computeshift.environment.fleet import Fleet, straight_line, usual_newness

ONE = np.ones(1)


def a_fleet(gw: float, chip_cost: float = 10, ageing: float = 0.1) -> Fleet:
    fleet = Fleet(gw * ONE)
    fleet.open_books(chip_cost * ONE, ageing * ONE)
    return fleet


def year(fleet: Fleet, gw: float, retirement: float = 0.0) -> None:
    fleet.convert(gw * ONE)
    fleet.finish(gw * ONE, retirement * ONE)
    fleet.age(10 * ONE, 0.1 * ONE, retirement * ONE)


def test_newness_is_the_mean_over_all_vintages() -> None:
    fleet = a_fleet(0)
    for gw in (1, 2, 5):
        year(fleet, gw, retirement=0.1)
    # Of the first GW 0.81 are left, two years old; of the second two 1.8, a year old.
    ages = 0.81 * np.exp(-0.2) + 1.8 * np.exp(-0.1) + 5
    np.testing.assert_allclose(fleet.newness, ages / (0.81 + 1.8 + 5))


def test_a_fleet_that_doubles_stays_as_new_as_it_was_and_one_that_stops_ages() -> None:
    fleet = a_fleet(4)
    year(fleet, 4)
    np.testing.assert_allclose(fleet.newness, usual_newness(0.1 * ONE))
    year(fleet, 0)
    np.testing.assert_allclose(fleet.newness, usual_newness(0.1 * ONE) * np.exp(-0.1))


def test_chips_are_written_off_by_equal_parts_over_their_life() -> None:
    fleet, books = a_fleet(0), straight_line(5 * ONE, 0 * ONE)
    written = []
    for gw in (1, 0, 0, 0, 0, 0, 0):
        year(fleet, gw)
        written.append(float(fleet.depreciation(books)[0]))
    np.testing.assert_allclose(
        written, [1, 2, 2, 2, 2, 1, 0], atol=1e-12
    )  # from the middle of the first year
    np.testing.assert_allclose(fleet.book_value(books), 0, atol=1e-12)
    year(fleet, 3)
    np.testing.assert_allclose(fleet.book_value(books), 27)


def test_what_retires_leaves_the_books_by_a_write_off() -> None:
    fleet, books = a_fleet(8), straight_line(5 * ONE, 0.1 * ONE)
    for gw in (3, 0, 2):
        before = fleet.book_value(books)
        year(fleet, gw, retirement=0.1)
        np.testing.assert_allclose(
            fleet.book_value(books), before + 10 * gw - fleet.depreciation(books), rtol=1e-12
        )
