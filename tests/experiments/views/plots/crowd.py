"""A market of about thirty firms, to see whether pictures stay legible."""

from __future__ import annotations

CLOUDS, LABS, INVESTORS = 8, 7, 5


def crowd() -> str:
    """A config, as YAML: the six with clouds, labs, investors and chipmakers added."""
    clouds = [f"cloud_{i}" for i in range(CLOUDS)]
    labs = [f"lab_{i}" for i in range(LABS)]
    investors = [f"fund_{i}" for i in range(INVESTORS)]
    makers = ["nvidia", "amd"]
    kinds = {"cloud": clouds, "lab": labs, "investor": investors, "chipmaker": makers}
    firms = [f"  {name}: {{kind: {kind}}}" for kind, names in kinds.items() for name in names]
    edges = [f"  - [{cloud}, {lab}, capacity]" for i, cloud in enumerate(clouds) for lab in labs[i % 3 :: 3]]
    edges += [f"  - [lenders, {cloud}, debt]" for cloud in clouds]
    edges += [f"  - [{fund}, {lab}, equity]" for i, fund in enumerate(investors) for lab in labs[i % 2 :: 2]]
    edges += [f"  - [{maker}, {cloud}, chips]" for i, maker in enumerate(makers) for cloud in clouds[i::2]]
    edges += [f"  - [{lab}, customers, services]" for lab in labs]
    return "\n".join(["extends: six", "asks: Are thirty firms legible?", "firms:", *firms, "edges:", *edges])
