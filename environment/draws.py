"""Random numbers by name: a draw belongs to (seed, name, year, world), never to the order of calls."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from computeshift.environment.setup import Array

_PER_COUNT = 4  # Philox yields four 64-bit numbers a count
_TINY = np.finfo(np.float64).tiny


class Draws:
    """The luck of the worlds `first_world … first_world + worlds - 1` under one seed.

    Philox is counter-based: the key is a hash of seed, name and year, the counter is the world.
    So a world's luck is the same alone or in company, and a new rule moves nobody else's draws.
    """

    def __init__(self, seed: int, first_world: int, worlds: int) -> None:
        self.seed = seed
        self.first_world = first_world
        self.worlds = worlds
        self._made: set[tuple[str, int]] = set()
        self._numbers = np.random.Generator(np.random.Philox(key=0))

    def uniform(self, name: str, year: int) -> Array:
        """Uniform numbers in (0, 1), `(W,)`. ValueError if this draw was made before.

        >>> Draws(1, 0, 10).uniform("luck", 2025)[7] == Draws(1, 7, 1).uniform("luck", 2025)[0]
        np.True_
        """
        if (name, year) in self._made:
            raise ValueError(f"the draw {name!r} of {year} was made before: give each its own name")
        self._made.add((name, year))
        digest = hashlib.blake2b(f"{self.seed}|{name}|{year}".encode(), digest_size=16).digest()
        counts, skipped = divmod(self.first_world, _PER_COUNT)
        self._wind(np.frombuffer(digest, dtype="<u8"), counts)
        numbers = self._numbers.random(skipped + self.worlds)[skipped:]
        return np.maximum(numbers, _TINY, out=numbers)

    def _wind(self, key: npt.NDArray[np.uint64], counts: int) -> None:
        """Set the stream to a key and a counter: much cheaper than a new one, and the same numbers."""
        self._numbers.bit_generator.state = {
            "bit_generator": "Philox",
            "state": {"counter": np.array([counts, 0, 0, 0], dtype=np.uint64), "key": key},
            "buffer": np.zeros(_PER_COUNT, dtype=np.uint64),
            "buffer_pos": _PER_COUNT,
            "has_uint32": 0,
            "uinteger": 0,
        }

    def normal(self, name: str, year: int) -> Array:
        """Standard normal numbers, `(W,)`, by the inverse of the distribution function."""
        from computeshift.environment.special import ndtri  # here, as reading a config needs no scipy

        return np.asarray(ndtri(self.uniform(name, year)))
