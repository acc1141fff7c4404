"""Figures that were printed somewhere, read once from ``config/published``, shown beside ours.

``[[figure]]`` is one printed figure of one region; ``[[pair]]`` are two printed statements that
cannot both be true, or that stand on two bases, with the arithmetic and the reason.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from indicators.reconciling import Pair, Published
from kernel.regions import scope_digits, within

__all__ = ["Pair", "Published", "every_print", "pairs", "published"]


@lru_cache(maxsize=4)
def _read(folder: Path) -> tuple[tuple[Published, ...], tuple[Pair, ...]]:
    files = [
        tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.toml"))
    ]
    prints = tuple(Published(**one) for told in files for one in told.get("figure", ()))
    return prints, tuple(_pair(one) for told in files for one in told.get("pair", ()))


def _pair(told: dict[str, Any]) -> Pair:
    lists = {name: tuple(told.get(name, ())) for name in ("arithmetic", "figures")}
    return Pair(**(told | lists))


def published(config_dir: Path, region: str, name: str) -> list[Published]:
    """What was printed of a region's figure, the latest first."""
    found = [
        one
        for one in _read(config_dir / "published")[0]
        if (one.region, one.name) == (region, name)
    ]
    return sorted(found, key=lambda one: one.as_of, reverse=True)


def every_print(config_dir: Path, region: str) -> list[Published]:
    """What was printed of a region and of those inside it."""
    digits = scope_digits(region)
    return [one for one in _read(config_dir / "published")[0] if within(one.region, digits)]


def pairs(config_dir: Path, region: str) -> list[Pair]:
    """Pairs about a region, those inside it or those it lies in; the others after them."""
    digits = scope_digits(region)

    def near(one: Pair) -> bool:
        return bool(one.region) and (
            within(one.region, digits) or within(region, scope_digits(one.region))
        )

    found = _read(config_dir / "published")[1]
    return [one for one in found if near(one)] + [one for one in found if not near(one)]
