"""Cases in the demo that are under way on the last day: who is to be lifted out or has fallen back.

In the first village a list hangs, with one objection that was answered and one that was not, a
household that its neighbours voted down, and households of whom only the proposal stands. The
second village's list is with the county. No case is decided, so nobody's standing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from demo.desks import DESKS, Agenda, AtDesks
from demo.findings import Findings
from demo.people import Family
from households import identification
from households.identification import Meeting, SheetRow, Vote
from kernel import attachments
from kernel.actor import Actor

_PROCEDURE: Final = "adjust-2014"
#: days before the last one on which the steps of the two villages' lists are taken
_FIRST: Final = {
    "proposal": 26, "village_meeting": 22, "verification": 17, "village_notice": 5,
}  # fmt: skip
_SECOND: Final = {
    "proposal": 47, "village_meeting": 43, "verification": 34, "village_notice": 28,
    "township_review": 14,
}  # fmt: skip
_OBJECTED: Final = 5
_WAITING: Final = 8
#: how many households stand on the list; how many are only proposed
_LISTED: Final = 4
_PROPOSED: Final = 2
#: who has a vote in a village, and who came
_MEETING: Final = Meeting(36, 30)


class Cases(AtDesks):
    """Puts cases on the agenda."""

    def __init__(
        self,
        maker: Agenda,
        findings: Findings,
        first: Sequence[Family],
        second: Sequence[Family],
    ) -> None:
        super().__init__(maker)
        self._first = findings.still("registered", first)
        self._second = findings.still("registered", second)
        self._lifted = findings.still("lifted", first)
        self._notice_id = 0

    def plan(self) -> None:
        """Everything on its day."""
        listed, rest = self._first[:_LISTED], self._first[_LISTED:]
        self._walk("lift", listed, _FIRST, DESKS.village)
        self._walk("lift", self._second[:_LISTED], _SECOND, DESKS.registrar)
        self._maker.put(self._before(_OBJECTED), partial(self._object, listed))
        waiting = {"proposal": _WAITING}
        self._walk("lift", rest[:_PROPOSED], waiting, DESKS.village)
        self._walk("fall_back", self._lifted[:1], waiting, DESKS.village)

    def _walk(
        self, kind: str, families: Sequence[Family], days: dict[str, int], clerk: str
    ) -> None:
        """A list through its steps; the last of it is voted down where there is a meeting."""
        if not families:
            return
        going = families[:-1] if "village_meeting" in days else families
        for step, before in days.items():
            named = families if step in {"proposal", "village_meeting"} else going
            task = partial(self._step, kind, step, named, clerk)
            self._maker.put(self._before(before), task)

    def _step(self, kind: str, step: str, families: Sequence[Family], clerk: str, on: date) -> None:
        if step == "proposal":
            self._open(kind, families, clerk, on)
            return
        if step == "verification":
            self._survey(families, clerk, on)
        login = DESKS.township if step == "township_review" else clerk
        command = {
            "village_meeting": "households.village_vote",
            "township_review": "households.township_review",
        }.get(step, "households.identify")
        sheet_id = self._do(command, login, self._taken(step, families), on)
        if step == "village_notice":
            self._notice_id = sheet_id

    def _open(self, kind: str, families: Sequence[Family], clerk: str, on: date) -> None:
        self._do(
            "households.identify",
            clerk,
            lambda session, on, by: identification.open_cases(
                session,
                self._house.procedures,
                kind=kind,
                rows=identification.of_numbers(one.number for one in families),
                on=on,
                by=by,
            ),
            on,
        )

    def _taken(
        self, step: str, families: Sequence[Family]
    ) -> Callable[[Session, date, Actor], int]:
        """A step of the list with what it wants: ballots and minutes, a place, a document."""

        def take(session: Session, on: date, by: Actor) -> int:
            more: dict[str, Any] = {}
            if step == "village_meeting":
                minutes = f"村民代表会议记录（演示）{on.isoformat()}，{len(families)}户".encode()
                kept = attachments.keep(
                    session,
                    self._house.keyring,
                    name=f"村民代表会议记录-{on}.txt",
                    content=minutes,
                )
                more = {"meeting": _MEETING, "papers": [kept]}
            if step == "village_notice":
                more = {"place": "村务公开栏"}
            if step in {"village_meeting", "township_review"}:
                more["document"] = f"演示〔{on.year}〕评议{on.month}号"
            return identification.take_step(
                session,
                self._house.procedures,
                procedure=_PROCEDURE,
                step=step,
                rows=_rows(step, families),
                on=on,
                by=by,
                **more,
            )

        return take

    def _survey(self, families: Sequence[Family], clerk: str, on: date) -> None:
        def survey(session: Session, on: date, by: Actor) -> None:
            for family in families:
                identification.record_survey(
                    session,
                    self._house.surveys,
                    self._house.poverty_lines,
                    number=family.number,
                    survey="six-areas",
                    answers=_answers(family),
                    on=on,
                    by=by,
                )

        self._do("households.identify", clerk, survey, on)

    def _object(self, listed: Sequence[Family], on: date) -> None:
        """Two object; the county's registrar answers the first of them, who did not note it."""
        first, second = listed[0].number, listed[1].number

        def noted(number: str, words: str) -> Callable[[Session, date, Actor], int]:
            return lambda session, on, by: identification.object_to(
                session,
                sheet_id=self._notice_id,
                number=number,
                raised_by="村民代表（演示）",
                words=words,
                on=on,
                by=by,
            )

        objection_id = self._do(
            "households.object",
            DESKS.village,
            noted(first, "该户今年外出务工时间短，收入可能没有达到标准"),
            on,
        )
        self._do(
            "households.object",
            DESKS.village,
            noted(second, "该户住房还没有完成改造"),
            on,
        )
        self._do(
            "households.answer",
            DESKS.registrar,
            lambda session, on, by: identification.answer(
                session,
                objection_id=objection_id,
                upheld=False,
                words="经入户核对工资流水，人均纯收入高于当年标准",
                on=on,
                by=by,
            ),
            on,
        )


def _rows(step: str, families: Sequence[Family]) -> list[SheetRow]:
    """Everybody passes; at the meeting all but the last are carried, with a few against."""
    if step != "village_meeting":
        return identification.of_numbers(one.number for one in families)
    last = families[-1]
    return [
        SheetRow(one.number, vote=Vote(11, 17, 2) if one is last else Vote(28 - nth, 1, 1))
        for nth, one in enumerate(families)
    ]


def _answers(family: Family) -> dict[str, object]:
    """What the household says, from what the register knows of it."""
    ill = sum(one.health == "长期慢性病" for one in family.members)
    grave = any(one.health in {"患有大病", "残疾"} for one in family.members)
    return {
        "net_income_per_person": f"{family.income_per_head + 1_200}.00",
        "workers": family.labourers,
        "pupils": sum(bool(one.at_school) for one in family.members),
        "dropped_out": False,
        "chronically_ill": ill,
        "gravely_ill_or_disabled": grave,
        "house": "b",
        "durable_goods": False,
        "savings": "2600.00",
        "safe_water": True,
        "road": family.house_area_m2 > 60,
    }
