"""Which village a row means: by code, by name, by an answer given before, or as a question.

Ledgers keep names of villages that were merged away in 2015–16. A name that the list of regions
does not have is a question with a successor proposed; the answer is remembered in
``village_answers`` and holds for every later file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from households.models import VillageAnswer
from households.refusals import (
    VillageAnswerInvalid,
    VillageCodeUnknown,
    VillageNameContradictsCode,
    VillageOutOfScope,
    VillageUnclear,
)
from kernel.refusals import Refusal
from kernel.regions import VILLAGE, RegionTree, bare_name, scope_digits, within

#: township and village as a ledger writes them, bare
OldName = tuple[str, str]
Found = tuple[str | None, OldName | None]


@dataclass(frozen=True, slots=True)
class Question:
    """An old village name of a file, and what it may mean."""

    township: str
    village: str
    #: households of the file that wait for the answer
    households: int
    #: code, full name, why it is proposed, and the document behind it; the likeliest first
    proposals: tuple[tuple[str, str, str, str], ...]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        names = ("code", "name", "why", "source")
        proposals = [dict(zip(names, proposal, strict=True)) for proposal in self.proposals]
        return {
            "township": self.township,
            "village": self.village,
            "households": self.households,
            "proposals": proposals,
        }


class VillageFinder:
    """Finds the village of a row; remembers what it has found."""

    def __init__(
        self, regions: RegionTree, county: str, scope: str, answers: Mapping[OldName, str]
    ) -> None:
        self._regions = regions
        self._county = county
        self._scope = scope
        self._answers = answers
        self._found: dict[tuple[str, str, str], Found | Refusal] = {}

    def find(self, code: str, township: str, village: str) -> Found:
        """The village's code, or the old name that is a question; what is wrong is refused."""
        key = (code, township, village)
        found = self._found.get(key)
        if found is None:
            try:
                found = self._look(code, township, village)
            except Refusal as refusal:
                found = refusal
            self._found[key] = found
        if isinstance(found, Refusal):
            raise found
        return found

    def question(self, name: OldName, households: int) -> Question:
        """The question that an unknown name is."""
        candidates = self._regions.candidates(*name, self._county)
        proposals = tuple(
            (c.region.code, self._regions.full_name(c.region.code, below=3), c.why, c.source)
            for c in candidates
        )
        return Question(*name, households, proposals)

    def _look(self, code: str, township: str, village: str) -> Found:
        if code:
            return self._by_code(code, village), None
        if not village:
            raise VillageUnclear(field="village")
        known = self._regions.village(township, village, self._county)
        if known is not None:
            return self._in_scope(known.code), None
        name = old_name(township, village)
        answer = self._answers.get(name)
        return (self._in_scope(answer), None) if answer else (None, name)

    def _by_code(self, code: str, village: str) -> str:
        inside = code in self._regions and within(code, scope_digits(self._county))
        if not inside or self._regions.get(code).level != VILLAGE:
            raise VillageCodeUnknown(field="village_code", region=code[:20])
        name = self._regions.get(code).name
        if village and bare_name(village) != bare_name(name):
            raise VillageNameContradictsCode(field="village", name=name)
        return self._in_scope(code)

    def _in_scope(self, code: str) -> str:
        if not within(code, self._scope):
            raise VillageOutOfScope(field="village")
        return code


def old_name(township: str, village: str) -> OldName:
    """An old name as it is remembered: without blanks, the village bare."""
    return "".join(township.split()), bare_name(village)


def remembered(session: Session) -> dict[OldName, str]:
    """All answers; the last one to a name holds."""
    rows = session.execute(
        select(
            VillageAnswer.township, VillageAnswer.village, VillageAnswer.successor_code
        ).order_by(VillageAnswer.id)
    )
    return {(row.township, row.village): row.successor_code for row in rows}


def remember(
    session: Session,
    *,
    answers: Mapping[OldName, str],
    regions: RegionTree,
    county: str,
    on: date,
) -> int:
    """Keep answers that are not known yet; how many were new."""
    known = remembered(session)
    new = {name: code for name, code in answers.items() if known.get(name) != code}
    for (township, village), code in new.items():
        if (
            code not in regions
            or not within(code, scope_digits(county))
            or (regions.get(code).level != VILLAGE)
        ):
            raise VillageAnswerInvalid(
                field="answers", name=f"{township}{village}", region=code[:20]
            )
        session.add(
            VillageAnswer(township=township, village=village, successor_code=code, answered_on=on)
        )
    session.flush()
    return len(new)
