"""A round of need in the demo: lead banks named, answers of all three kinds with reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Final

from sqlalchemy.orm import Session

from demo.desks import DESKS, Agenda, AtDesks
from demo.lending import of_age
from demo.papers import write_need
from demo.people import Family
from households import need
from kernel.actor import Actor
from kernel.regions import TOWNSHIP, scope_digits
from loans import unmet_need

#: days before the last one: the round begins, the sheet comes in, the round ends
_BEGINS: Final = 75
_ASKED: Final = 60
_ENDS: Final = 10
#: yuan, in turn
_AMOUNTS: Final = (30_000, 50_000, 20_000, 40_000)
_NO_NEED: Final = ("全家外出务工，暂不需要资金", "自有资金够用", "亲友已借给所需资金")
_OWES: Final = "有逾期贷款没有还清"
_NOT_ELIGIBLE: Final = "家中无18至65周岁、可签合同的劳动力"
#: of so many households one needs nothing, one may have nothing
_ONE_IN: Final = 3
_OWING: Final = 10
Row = tuple[str, str, str, str, str, str, date]


class NeedRound(AtDesks):
    """Puts a round on the agenda."""

    def __init__(self, maker: Agenda, villages: Mapping[str, Sequence[Family]]) -> None:
        super().__init__(maker)
        self._asked = list(chain.from_iterable(villages.values()))

    def plan(self) -> None:
        """Ordered, and answered two weeks later."""
        self._maker.put(self._before(_BEGINS), self._order)
        self._maker.put(self._before(_ASKED), self._hand_in)

    def _order(self, on: date) -> None:
        def order(session: Session, on: date, by: Actor) -> None:
            need.open_round(
                session,
                number=self._number,
                from_on=on,
                to_on=self._county.closes_on - timedelta(days=_ENDS),
                document=f"演示县扶办〔{on.year}〕需1号",
                on=on,
                by=by,
            )
            served = {code: one for one in self._maker.lenders.values() for code in one.townships}
            for township in self._house.regions.inside(self._county.region, TOWNSHIP):
                lender = served.get(scope_digits(township.code))
                if lender is not None:
                    unmet_need.name_lead_bank(
                        session,
                        township_code=township.code,
                        lender_id=lender.organisation_id,
                        from_on=on,
                        document=f"演示县金融办〔{on.year}〕主1号",
                        on=on,
                        by=by,
                    )

        self._do("households.need_round", DESKS.office, order, on)

    @property
    def _number(self) -> str:
        return f"{self._before(_BEGINS).year}-1"

    def _hand_in(self, on: date) -> None:
        path = self._maker.folder / f"需求摸排-{on}.csv"
        write_need(path, self._rows(on))

        def hand_in(session: Session, on: date, by: Actor) -> None:
            file = need.read_file(session, path, number=self._number, name=path.name, on=on, by=by)
            need.record_file(session, file, on=on, by=by)

        self._do("households.need", DESKS.township, hand_in, on)
        path.unlink()

    def _rows(self, on: date) -> Iterator[Row]:
        for nth, family in enumerate(self._asked):
            head = family.members[0].name
            day = on - timedelta(days=nth % 5)
            if of_age(family, self._county.opens_on, self._county.closes_on) is None:
                yield family.number, head, "不符合", _NOT_ELIGIBLE, "", "", day
            elif nth % _OWING == _OWING - 1:
                yield family.number, head, "不符合", _OWES, "", "", day
            elif nth % _ONE_IN == 0:
                reason = _NO_NEED[nth % len(_NO_NEED) if nth % 2 else 0]
                yield family.number, head, "无需求", reason, "", "", day
            else:
                yuan = f"{_AMOUNTS[nth % len(_AMOUNTS)]}.00"
                yield family.number, head, "有需求", "", yuan, family.purpose, day
