"""How households stand and what came to pass, counted one household at a time, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

FINDINGS = {"registered": "poor", "fallen_back": "poor", "lifted": "lifted", "removed": "removed"}

#: what came to pass -> (how it stood, how it stands)
TURNS = {
    ("none", "lifted"): "lifted",
    ("poor", "lifted"): "lifted",
    ("lifted", "poor"): "fallen_back",
    ("none", "removed"): "removed",
    ("poor", "removed"): "removed",
    ("lifted", "removed"): "removed",
    ("removed", "poor"): "readmitted",
    ("removed", "lifted"): "readmitted",
}


@dataclass
class Family:
    village: str
    persons: int
    standing: str = "none"
    monitored: bool = False
    #: organisations of agreements that hold
    links: list[int] = field(default_factory=list)
    in_need: bool = False
    met: bool = False
    paid_fen: int = 0
    #: came into the register by splitting off, today
    split_off: bool = False

    def find(self, status: str) -> None:
        """A finding is booked."""
        self.standing = FINDINGS.get(status, self.standing)
        self.monitored = status == "monitored"


@dataclass
class Stand:
    """The county, and how each family stood at the last close."""

    families: dict[int, Family] = field(default_factory=dict)
    before: dict[int, Family] = field(default_factory=dict)
    ever: dict[str, dict[str, int]] = field(default_factory=dict)

    def close(self) -> None:
        """What came to pass since the last close goes to the village of now."""
        for number, family in self.families.items():
            was = self.before.get(number)
            stood = was.standing if was else family.standing if family.split_off else "none"
            turn = TURNS.get((stood, family.standing))
            if turn:
                row = self.ever.setdefault(family.village, {})
                for unit, by in (("households", 1), ("persons", family.persons)):
                    name = f"{unit}_{turn}_ever"
                    row[name] = row.get(name, 0) + by
            self.before[number] = replace(family, links=list(family.links))

    def counters(self, village: str) -> dict[str, int]:
        """What is so in a village now, and what ever came to pass there; nothing is left out."""
        got = dict(self.ever.get(village, {}))

        def add(name: str, by: int) -> None:
            got[name] = got.get(name, 0) + by

        for family in self.families.values():
            if family.village != village:
                continue
            for what, so in (
                ("poor", family.standing == "poor"),
                ("lifted", family.standing == "lifted"),
                ("monitored", family.monitored),
                ("linked", bool(family.links)),
                ("paid", family.paid_fen > 0),
            ):
                if so:
                    add(f"households_{what}", 1)
                    add(f"persons_{what}", family.persons)
            add("dividends_paid_fen", family.paid_fen)
            add("households_in_need", family.in_need)
            add("households_need_met", family.in_need and family.met)
        return {name: value for name, value in got.items() if value}

    def linkage(self) -> dict[tuple[int, str], int]:
        """(organisation, village) -> linked households."""
        found: dict[tuple[int, str], int] = {}
        for family in self.families.values():
            for organisation in set(family.links):
                key = (organisation, family.village)
                found[key] = found.get(key, 0) + 1
        return found
