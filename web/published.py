"""Figures that were printed somewhere, read once from ``config/published``, shown beside ours."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Published:
    """A figure as it was printed."""

    region: str
    #: name of the figure, as ``indicators.FIGURES`` calls it
    name: str
    #: in the form our own figure has
    value: str
    #: year and month it is of
    as_of: str
    source_zh: str
    source_en: str


@lru_cache(maxsize=4)
def _all(folder: Path) -> tuple[Published, ...]:
    return tuple(
        Published(**figure)
        for file in sorted(folder.glob("*.toml"))
        for figure in tomllib.loads(file.read_text(encoding="utf-8"))["figure"]
    )


def published(config_dir: Path, region: str, name: str) -> list[Published]:
    """What was printed of a region's figure, the latest first."""
    found = [p for p in _all(config_dir / "published") if (p.region, p.name) == (region, name)]
    return sorted(found, key=lambda one: one.as_of, reverse=True)
