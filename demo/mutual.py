"""A village fund in the demo: founded by two, members with stakes, a group, votes, loans, the list.

The first fund lends three loans, one of which is repaid with its fee before the end; the members
set the fee apart, and vote on an extension that is not counted yet. Any other has its members and
its money and has lent nothing. Its loans count in no figure of the county's lending.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import mutual_aid
from demo import staff
from demo.desks import DESKS, Agenda, AtDesks, ids_of
from demo.lending import of_age
from demo.mutual_loans import FEE_PPM, LOANS, FundLoans, FundState
from demo.papers import write_members
from demo.people import Family
from kernel.actor import system_actor
from kernel.dates import add_months
from kernel.identity import credit_check_character
from kernel.money import format_yuan
from kernel.regions import scope_digits
from mutual_aid import voting
from organisations.models import Kind
from organisations.operations import register

#: which fund lends
_LENDS: Final = 1
#: days before the last one
_FOUNDED: Final = 120
_FILLED: Final = 118
_JOINED: Final = 115
_GROUPED: Final = 111
_APPLIED: Final = 109
_SHARED: Final = 10
_ASKED_AGAIN: Final = 7
#: fen
_FISCAL: Final = (5_000_000, 3_000_000)
_STAKE_UNIT: Final = 10_000
_STAKES: Final = (10_000, 20_000, 50_000, 30_000)
_MEMBERS: Final = 30
_GROUP: Final = 5
#: one in so many has its base stake paid by the fiscal money
_BY_FISCAL: Final = 4
#: days into the next month until a list hangs
_POSTED: Final = timedelta(days=4)


class MutualFund(AtDesks):
    """Puts the life of a village's fund on the agenda."""

    def __init__(
        self,
        maker: Agenda,
        village: str,
        serial: int,
        families: Sequence[Family],
        poor: Sequence[Family],
        borrowers: Collection[str],
    ) -> None:
        super().__init__(maker)
        self._village, self._serial = village, serial
        self._members = list(families)[:_MEMBERS]
        self._poor = {family.number for family in poor}
        self._group = self._fit(borrowers)
        self._now = FundState(serial)
        self._loans = FundLoans(maker, self._group, self._now)

    def _fit(self, borrowers: Collection[str]) -> list[Family]:
        """Members who may sign; those who owe no bank first."""
        days = self._county.opens_on, self._county.closes_on
        able = [one for one in self._members if of_age(one, *days) is not None]
        return sorted(able, key=lambda one: one.number in borrowers)[:_GROUP]

    def plan(self) -> None:
        """Everything on its day."""
        put = self._maker.put
        put(self._before(_FOUNDED), self._found)
        put(self._before(_FILLED), self._fill)
        put(self._before(_JOINED), self._join)
        put(self._before(_GROUPED), self._meet)
        if self._serial == _LENDS:
            put(self._before(_APPLIED), self._loans.apply)
            put(self._before(_SHARED), self._share)
            put(self._before(_ASKED_AGAIN), self._ask_again)
        for month, day in self._months():
            put(day, partial(self._post, month))

    def _months(self) -> Iterator[tuple[date, date]]:
        """Each month that is over before the end, and the day on which its list is posted."""
        month = self._before(_FOUNDED).replace(day=1)
        while True:
            day = self._house.calendar.roll_forward(add_months(month, 1) + _POSTED)
            if day > self._county.closes_on:
                return
            yield month, day
            month = add_months(month, 1)

    # --- founding, members, the meeting -----------------------------------------------------------

    def _found(self, on: date) -> None:
        name = f"{self._house.regions.get(self._village).name}扶贫互助社（演示）"
        self._now.organisation_id = self._do(
            "organisations.register",
            DESKS.office,
            lambda session, on, by: register(
                session,
                credit_code=_credit_code(scope_digits(self._county.region), self._serial),
                name=name,
                kind=Kind.VILLAGE_FUND,
                region_code=self._village,
                regions=self._house.regions,
                on=on,
                by=by,
            ),
            on,
        )
        self._now.fund_id = self._ruled(
            "mutual_aid.found",
            DESKS.office,
            mutual_aid.propose_fund,
            on,
            organisation_id=self._now.organisation_id,
            village_code=self._village,
            registration_no=f"演示民登字第{self._serial:03d}号",
            constitution="互助社章程（演示）第八条",
            fee_rate_ppm=FEE_PPM,
            stake_unit_fen=_STAKE_UNIT,
        )
        self._ruled(
            "mutual_aid.approve_found",
            DESKS.second_office,
            mutual_aid.decide_fund,
            on,
            fund_id=self._now.fund_id,
            approved=True,
        )
        if self._serial == _LENDS:
            self._hire()

    def _hire(self) -> None:
        """The fund has a keeper and a chair of its own."""
        by = system_actor(scope_digits(self._county.region))
        with self._house.books.write("office.manage_users", by=by) as session:
            for login, name, role in staff.VILLAGE[2:]:
                staff.open_account(
                    session, login, name, role, self._village, self._now.organisation_id
                )

    def _fill(self, on: date) -> None:
        self._ruled(
            "mutual_aid.take_in",
            DESKS.finance,
            mutual_aid.take_in,
            on,
            fund_id=self._now.fund_id,
            kind="fiscal",
            amount_fen=_FISCAL[self._serial - 1],
            document=f"演示财农〔{on.year}〕互{self._serial}号",
            channel="transfer",
            voucher_no=self._now.voucher(),
        )

    def _join(self, on: date) -> None:
        path = self._maker.folder / f"社员名册-{self._village}.csv"
        write_members(path, list(self._joining()))
        rows = mutual_aid.read_members(path).taken()
        path.unlink()
        self._ruled(
            "mutual_aid.member",
            self._clerk,
            mutual_aid.join_many,
            on,
            fund_id=self._now.fund_id,
            rows=rows,
        )

    def _joining(self) -> Iterator[Sequence[object]]:
        for nth, family in enumerate(self._members):
            if nth % _BY_FISCAL == 1 and family.number in self._poor:
                yield family.number, "财政", "", "", ""
            else:
                fen = _STAKES[nth % len(_STAKES)]
                yield family.number, "农户", format_yuan(fen), "柜面", self._now.voucher()

    def _meet(self, on: date) -> None:
        """A group stands in for each other, where the fund lends; the board is elected by list."""
        if self._serial == _LENDS:
            self._ruled(
                "mutual_aid.group",
                self._clerk,
                mutual_aid.form_group,
                on,
                fund_id=self._now.fund_id,
                household_ids=self._ids(self._group),
            )
        vote_id = self._vote(on, subject="other", question="选举理事会、监事会成员")
        members = len(self._members)
        came = members - members // 6
        counted = mutual_aid.Counted(members, came, came - 1, 0, 1)
        self._ruled(
            "mutual_aid.vote",
            self._clerk,
            mutual_aid.count,
            on,
            vote_id=vote_id,
            by_list=counted,
            list_document="成立大会签到和计票单（演示）",
        )

    # --- votes and the list -----------------------------------------------------------------------

    def _share(self, on: date) -> None:
        """The members set the fee apart, each with a ballot; somebody else carries it out."""
        vote_id = self._vote(on, subject="sharing", question="把已收占用费按章程分配")
        self._cast(vote_id, self._members[: -(len(self._members) // 6) or None], on)
        self._ruled("mutual_aid.vote", self._clerk, mutual_aid.count, on, vote_id=vote_id)
        self._ruled(
            "mutual_aid.carry_out",
            DESKS.second_office,
            mutual_aid.share_fee,
            on,
            vote_id=vote_id,
            to_on=on,
        )

    def _ask_again(self, on: date) -> None:
        """Whether a loan may run on; half of the ballots are in."""
        to_on = add_months(on, LOANS[1][1])
        vote_id = self._vote(
            on,
            subject="extension",
            question=f"因灾减产，同意展期到{to_on.isoformat()}",
            figure=int(to_on.strftime("%Y%m%d")),
            loan_number=self._now.contracts[1],
        )
        self._cast(vote_id, self._members[: len(self._members) // 2], on)

    def _vote(self, on: date, **asked: Any) -> int:
        return self._do(
            voting.COMMAND,
            self._clerk,
            lambda session, on, by: mutual_aid.open_vote(
                session,
                fund_id=self._now.fund_id,
                rulebook=self._house.rulebook,
                on=on,
                by=by,
                **asked,
            ),
            on,
        )

    def _cast(self, vote_id: int, voters: Sequence[Family], on: date) -> None:
        choices = ["against" if nth == 1 else "for" for nth in range(len(voters))]
        ballots = dict(zip(self._ids(voters), choices, strict=True))
        self._do(
            voting.COMMAND,
            self._clerk,
            lambda session, on, by: mutual_aid.cast(
                session, vote_id=vote_id, ballots=ballots, on=on, by=by
            ),
            on,
        )

    def _post(self, month: date, on: date) -> None:
        self._do(
            "mutual_aid.publish",
            self._clerk,
            lambda session, on, by: mutual_aid.post_list(
                session,
                fund_id=self._now.fund_id,
                month_from=month,
                place="村务公开栏",
                on=on,
                by=by,
            ),
            on,
        )

    # --- means ------------------------------------------------------------------------------------

    @property
    def _clerk(self) -> str:
        """The village's own clerk, where it has one."""
        return DESKS.village if self._serial == _LENDS else DESKS.township

    def _ids(self, families: Sequence[Family]) -> list[int]:
        with self._house.books.read() as session:
            return ids_of(session, families)

    def _ruled(
        self, command: str, login: str, verb: Callable[..., Any], on: date, **asked: Any
    ) -> Any:
        """A verb that asks the rule book."""
        return self._do(
            command,
            login,
            lambda session, on, by: verb(
                session, rulebook=self._house.rulebook, on=on, by=by, **asked
            ),
            on,
        )


def _credit_code(scope: str, nth: int) -> str:
    """A well-formed code in a county part that was never given: no legal person bears it."""
    first = f"91431099MA{scope[-3:]}H{nth:03d}"
    return first + credit_check_character(first)
