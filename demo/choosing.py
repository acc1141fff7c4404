"""Choosing households so that their number and their people come out as they were printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from demo.people import Family


def choose(
    families: Sequence[Family], chance: Random, *, people: int, households: int = 0
) -> list[Family]:
    """Families with so many people in all; ``households``: and so many of them, if not 0."""
    pool = list(families)
    chance.shuffle(pool)
    return _counted(pool, households, people) if households else _filled(pool, people)


def _filled(pool: Sequence[Family], people: int) -> list[Family]:
    chosen = []
    for family in pool:
        if len(family.members) <= people:
            chosen.append(family)
            people -= len(family.members)
    if people:
        raise ValueError(f"{people} people are wanted beyond those there are")
    return chosen


def _counted(pool: Sequence[Family], households: int, people: int) -> list[Family]:
    """The first ones, then one after the other exchanged for a larger or a smaller family."""
    chosen = list(pool[:households])
    spare: dict[int, list[Family]] = defaultdict(list)
    for family in pool[households:]:
        spare[len(family.members)].append(family)
    missing = people - sum(len(family.members) for family in chosen)
    for place, family in enumerate(chosen):
        if not missing:
            break
        size = len(family.members)
        for other in _towards(size, size + missing, max(spare, default=0)):
            if spare[other]:
                chosen[place] = spare[other].pop()
                spare[size].append(family)
                missing -= other - size
                break
    if missing or len(chosen) < households:
        raise ValueError(f"no {households} households have {people} people")
    return chosen


def _towards(size: int, wanted: int, largest: int) -> Sequence[int]:
    """Sizes between a size and a wanted one, the wanted one first."""
    if wanted > size:
        return range(min(wanted, largest), size, -1)
    return range(max(wanted, 1), size)
