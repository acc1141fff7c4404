"""Two villages of the demo in which everything beside lending happens, for the pages to show.

The county's other villages do nothing but borrow and earn. These two have clerks of their own, a
fund, a round of need, helpers and measures, cases that are under way on the last day. Who is chosen
follows from the plan alone, and nothing here finds, links or pays anybody: the published figures
stay what they are. Names, documents and amounts are made up.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from demo import staff
from demo.cases import Cases
from demo.desks import Agenda, AtDesks
from demo.findings import Findings
from demo.helping import Helping
from demo.mutual import MutualFund
from demo.need import NeedRound
from demo.people import Family
from demo.special import SpecialMoney
from kernel.actor import system_actor
from kernel.regions import scope_digits

#: how many villages live
_VILLAGES = 2


class VillageLife(AtDesks):
    """Puts the life of two villages on the agenda."""

    def __init__(
        self,
        maker: Agenda,
        families: Sequence[Family],
        borrowers: Collection[str],
        findings: Findings,
    ) -> None:
        super().__init__(maker)
        self._borrowers = borrowers
        self._findings = findings
        self._kept = [family for family in families if family.number not in findings.removed]

    def plan(self) -> None:
        """Everything on its day."""
        villages = self._villages()
        self._maker.put(self._county.opens_on, lambda _on: self._hire(next(iter(villages))))
        for serial, (code, inside) in enumerate(villages.items(), start=1):
            poor = self._findings.still("registered", inside)
            MutualFund(self._maker, code, serial, inside, poor, self._borrowers).plan()
        NeedRound(self._maker, villages).plan()
        first, *others = villages.values()
        Helping(self._maker, first).plan()
        SpecialMoney(self._maker, villages).plan()
        Cases(self._maker, self._findings, first, others[0]).plan()

    def _villages(self) -> dict[str, list[Family]]:
        """The largest village and the next largest of its township, with who was never removed."""
        inside: dict[str, list[Family]] = {}
        for family in self._kept:
            inside.setdefault(family.village_code, []).append(family)
        largest = sorted(inside, key=lambda code: (-len(inside[code]), code))
        township = largest[0][:9]
        near = [code for code in largest if code.startswith(township)]
        return {code: inside[code] for code in near[:_VILLAGES]}

    def _hire(self, village: str) -> None:
        """A clerk for the first village and one for its township."""
        by = system_actor(scope_digits(self._county.region))
        with self._house.books.write("office.manage_users", by=by) as session:
            for (login, name, role), digits in zip(
                staff.VILLAGE, (village, village[:9]), strict=False
            ):
                staff.open_account(session, login, name, role, digits)
