"""What the demo's county finds: who is lifted out or removed, which villages exit, how many live
there at all.

One of the poverty office hands in the county's list, the other decides, on the same day. Document
numbers are made up.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Final, Literal

from demo.choosing import choose
from demo.county import Listed, Sample
from demo.desks import DESKS, Agenda, AtDesks
from demo.papers import write_list
from demo.people import Family
from households import identification
from households.models import Status
from kernel.regions import VILLAGE

#: where a population that was only derived says so
_DERIVED: Final = "由公布的未脱贫人口与贫困发生率推算（演示）"


class Findings(AtDesks):
    """Puts the county's findings on the agenda."""

    def __init__(
        self, maker: Agenda, families: Sequence[Family], borrowers: Collection[str]
    ) -> None:
        """``borrowers``: numbers of households that are to borrow, and so are never removed."""
        super().__init__(maker)
        self._borrowers = borrowers
        self._chance = Random(self._county.seed + 2)  # noqa: S311  (a plan to be repeated)
        #: families by what was last found of them
        self._standing: dict[str, list[Family]] = {"registered": list(families)}
        #: numbers of households that are removed on some day, taken in again or not
        self.removed: set[str] = set()

    def plan(self) -> None:
        """Everything on its day."""
        opening = self._county.opens_on
        if self._county.rural_people:
            self._maker.put(opening, self._population)
        if self._county.poor_villages:
            self._maker.put(opening, self._poor_villages)
        if self._county.sample:
            self._maker.put(self._county.sample.day, partial(self._check, self._county.sample))
        for nth, listed in enumerate(self._county.lists, start=1):
            chosen = self._choose(listed)
            self._maker.put(listed.day, partial(self._hand_in, listed, chosen, nth))
        done = 0
        for day, count in self._county.exits:
            self._maker.put(day, partial(self._exit, done, done + count))
            done += count

    def still(self, standing: str, families: Sequence[Family]) -> list[Family]:
        """Of these, who stands so on the last day: registered, lifted or removed; once planned."""
        so = {family.number for family in self._standing.get(standing, ())}
        return [family for family in families if family.number in so]

    def _choose(self, listed: Listed) -> list[Family]:
        """Who is on a list: of those for whom it is new, so many households and people."""
        source = "removed" if listed.status == "registered" else "registered"
        kept = self._borrowers if listed.status == "removed" else ()
        chosen = choose(
            [f for f in self._standing.get(source, []) if f.number not in kept],
            self._chance,
            people=listed.people,
            households=listed.households,
        )
        taken = {family.number for family in chosen}
        self._standing[source] = [f for f in self._standing[source] if f.number not in taken]
        self._standing.setdefault(listed.status, []).extend(chosen)
        if listed.status == "removed":
            self.removed.update(taken)
        return chosen

    def _hand_in(self, listed: Listed, chosen: Sequence[Family], nth: int, on: date) -> None:
        round_id = self._round(listed, on) if listed.review else None
        path = self._maker.folder / f"审定名单-{on}-{nth}.csv"
        write_list(path, [family.number for family in chosen])
        status = Status(listed.status)
        handed = self._do(
            "households.county_review",
            DESKS.office,
            lambda session, on, by: identification.hand_in_file(
                session,
                self._house.keyring,
                path,
                document=f"演示县扶领发〔{on.year}〕{nth}号",
                status=status,
                from_on=on,
                round_id=round_id,
                on=on,
                by=by,
            ),
            on,
        )
        path.unlink()
        self._do(
            "households.county_decide",
            DESKS.second_office,
            lambda session, on, by: identification.decide_list(
                session, list_id=handed.list_id, approved=True, on=on, by=by
            ),
            on,
        )

    def _round(self, listed: Listed, on: date) -> int:
        """Of each round comes one list."""
        return self._do(
            "households.county_review",
            DESKS.office,
            lambda session, on, by: identification.begin_round(
                session,
                number=f"{on.year}-{listed.review}",
                year=on.year,
                title=f"{on.year}年第{listed.review}轮核查（演示）",
                from_on=on - timedelta(days=14),
                to_on=on + timedelta(days=1),
                document=f"演示县扶领发〔{on.year}〕核{listed.review}号",
                on=on,
                by=by,
            ),
            on,
        )

    def _check(self, sample: Sample, on: date) -> None:
        self._do(
            "households.sample",
            DESKS.office,
            lambda session, on, by: identification.record_sample(
                session,
                self._house.regions,
                identification.Sampled(
                    people_checked=sample.people,
                    people_wrong=sample.wrong,
                    villages_checked=sample.villages,
                ),
                region=self._county.region,
                checked_on=on,
                unit="市扶贫办抽查组（演示）",
                document=f"演示市扶办〔{on.year}〕查1号",
                on=on,
                by=by,
            ),
            on,
        )

    def _population(self, on: date) -> None:
        self._do(
            "households.sample",
            DESKS.office,
            lambda session, on, by: identification.record_population(
                session,
                self._house.regions,
                region=self._county.region,
                from_on=on,
                people=self._county.rural_people,
                source=_DERIVED,
                derived=True,
                on=on,
                by=by,
            ),
            on,
        )

    def _poor_villages(self, on: date) -> None:
        self._find(on, self._villages()[: self._county.poor_villages], "poor")

    def _exit(self, first: int, last: int, on: date) -> None:
        self._find(on, self._villages()[first:last], "exited")

    def _villages(self) -> list[str]:
        """Villages with registered households, seats of townships last."""
        inside = self._house.regions.inside(self._county.region, VILLAGE)
        lived_in = {family.village_code for found in self._standing.values() for family in found}
        return [village.code for village in inside if village.code in lived_in]

    def _find(self, on: date, villages: list[str], standing: Literal["poor", "exited"]) -> None:
        self._do(
            "households.county_decide",
            DESKS.second_office,
            lambda session, on, by: identification.set_village_standings(
                session,
                self._house.regions,
                villages=villages,
                standing=standing,
                from_on=on,
                document=f"演示县扶领发〔{on.year}〕村{on.month}号",
                on=on,
                by=by,
            ),
            on,
        )
