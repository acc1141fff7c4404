"""What is done with a village fund: one table of steps, for pages and API alike.

A step says the right it takes, the fields it asks for, and its verb. A page draws its form from the
row, a route of the API its body, so that the two cannot differ. Households are named by number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import mutual_aid
from households import Household
from kernel.refusals import BadValue, NotFound
from loans.files import SheetFile
from loans.forms import CHANNELS
from mutual_aid import Joining
from mutual_aid.finding import vote_of
from mutual_aid.models import MutualGroup
from mutual_aid.voting import CHOICES, SUBJECTS
from web.context import actor, house
from web.deeds import Deed

JOIN: Final = "mutual_aid.member"
BASE_BY: Final = {"household": "农户自缴", "fiscal": "财政代缴（限贫困户）"}
#: what may come in
COMES_IN: Final = {"fiscal": "财政扶持资金", "gift": "捐赠"}
SPENT: Final = {
    "running_cost": "运行成本", "welfare": "公益支出", "fiscal_returned": "交回财政资金",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """What a step asks for."""

    label: str
    #: text, yuan, rate, day, month, whole, choice, numbers
    kind: str = "text"
    options: Mapping[str, str] | None = None
    required: bool = True
    longest: int = 200


#: fields by name
FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "household": Field("户编号", longest=30),
        "base_by": Field("基本互助金", "choice", BASE_BY),
        "reason": Field("原因"),
        "amount": Field("金额（元）", "yuan"),
        "channel": Field("渠道", "choice", dict(CHANNELS)),
        "voucher_no": Field("凭证号", longest=40),
        "households": Field("各户编号（一户一行或用空格分开）", "numbers", longest=2000),
        "group": Field("小组编号", "whole"),
        "kind": Field("种类", "choice", COMES_IN),
        "document": Field("文号、捐赠人或凭据", longest=100),
        "subject": Field("表决事项", "choice", SUBJECTS),
        "question": Field("表决内容"),
        "loan": Field("合同号（展期）", required=False, longest=40),
        "figure_amount": Field("金额（支出，元）", "yuan", required=False),
        "figure_rate": Field("占用费年费率（%）", "rate", required=False),
        "figure_day": Field("展期到期日", "day", required=False),
        "month": Field("月份", "month"),
        "place": Field("公示地点", longest=60),
        "present": Field("到会户数", "whole", required=False),
        "voted_for": Field("赞成", "whole", required=False),
        "against": Field("反对", "whole", required=False),
        "abstained": Field("弃权", "whole", required=False),
        "list_document": Field("签到和计票单", required=False, longest=100),
        "spent_on": Field("用途（支出）", "choice", SPENT, required=False),
        "paper": Field("文件或凭据", required=False, longest=100),
        "paid_by": Field("渠道", "choice", dict(CHANNELS), required=False),
        "paid_voucher": Field("凭证号", required=False, longest=40),
        "to_on": Field("分配至（不含）", "day", required=False),
        "of_account": Field(
            "科目", "choice", {code: ledger.CHART[code].zh for code in mutual_aid.RESIDUES}
        ),
        "handed_paper": Field("交接文件", longest=100),
    }
)


@dataclass(frozen=True, slots=True)
class Doing:
    """A step under way: of which fund or vote, with what was asked."""

    session: Session
    key: int
    asked: Mapping[str, Any]
    on: date

    @property
    def plainly(self) -> dict[str, Any]:
        """What every verb takes."""
        return {"on": self.on, "by": actor()}

    @property
    def ruled(self) -> dict[str, Any]:
        """What a verb takes that reads the rules."""
        return self.plainly | {"rulebook": house().rulebook}

    @property
    def household_id(self) -> int:
        """The household that is named."""
        return _household(self.session, self.asked["household"])

    @property
    def voucher(self) -> dict[str, Any]:
        """The slip of a payment."""
        return {name: self.asked[name] for name in ("channel", "voucher_no")}


def _household(session: Session, number: str) -> int:
    found = session.scalar(select(Household.id).where(Household.number == number))
    if found is None:
        raise NotFound(field="household", what="农户")
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be done."""

    command: str
    title: str
    #: what is said when it is done
    done: str
    fields: tuple[str, ...]
    verb: Callable[[Doing], object]


def take(step: Step, key: int, asked: Mapping[str, Any]) -> Deed:
    """The step of a fund or a vote, as one unit of work."""

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        found = step.verb(Doing(session, key, asked, on))
        return {"id": found if isinstance(found, int) else key, "on": on.isoformat()}

    return work


def join_sheet(fund_id: int, file: SheetFile[Joining]) -> Deed:
    """Take a list of members in, each with its stake, whole or not at all."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        members = mutual_aid.join_many(
            session, fund_id=fund_id, rows=file.taken(), rulebook=here.rulebook, on=on, by=by
        )
        return {"id": fund_id, "members": len(members), "on": on.isoformat()}

    return work


def founding(asked: Mapping[str, Any]) -> Deed:
    """A fund as one unit of work."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        found = mutual_aid.propose_fund(session, **asked, rulebook=here.rulebook, on=on, by=by)
        return {"id": found, "on": on.isoformat()}

    return work


# --- of a fund ------------------------------------------------------------------------------------


def _join(it: Doing) -> object:
    return mutual_aid.join(
        it.session, fund_id=it.key, household_id=it.household_id, base_by=it.asked["base_by"],
        **it.ruled,
    )  # fmt: skip


def _leave(it: Doing) -> None:
    mutual_aid.leave(
        it.session, fund_id=it.key, household_id=it.household_id, reason=it.asked["reason"],
        **it.ruled,
    )  # fmt: skip


def _stake(it: Doing) -> object:
    return mutual_aid.pay_stake(
        it.session, fund_id=it.key, household_id=it.household_id,
        amount_fen=it.asked["amount"], **it.voucher, **it.ruled,
    )  # fmt: skip


def _withdraw(it: Doing) -> object:
    return mutual_aid.withdraw_stake(
        it.session, fund_id=it.key, household_id=it.household_id, **it.voucher, **it.plainly
    )


def _group(it: Doing) -> object:
    ids = [_household(it.session, number) for number in it.asked["households"]]
    return mutual_aid.form_group(it.session, fund_id=it.key, household_ids=ids, **it.ruled)


def _join_group(it: Doing) -> None:
    group_id = it.session.scalar(
        select(MutualGroup.id).where(
            MutualGroup.fund_id == it.key,
            MutualGroup.nr == it.asked["group"],
        )
    )
    if group_id is None:
        raise NotFound(field="group", what="联保小组")
    mutual_aid.join_group(it.session, group_id=group_id, household_id=it.household_id, **it.ruled)


def _leave_group(it: Doing) -> None:
    mutual_aid.leave_group(
        it.session, fund_id=it.key, household_id=it.household_id, reason=it.asked["reason"],
        **it.plainly,
    )  # fmt: skip


def _take_in(it: Doing) -> object:
    return mutual_aid.take_in(
        it.session, fund_id=it.key, kind=it.asked["kind"], amount_fen=it.asked["amount"],
        document=it.asked["document"], **it.voucher, **it.ruled,
    )  # fmt: skip


def _open_vote(it: Doing) -> object:
    return mutual_aid.open_vote(
        it.session, fund_id=it.key, subject=it.asked["subject"], question=it.asked["question"],
        figure=_figure(it.asked), spent_on=it.asked["spent_on"] or "",
        loan_number=it.asked["loan"] or "", **it.ruled,
    )  # fmt: skip


def _figure(asked: Mapping[str, Any]) -> int:
    """The figure that a vote of this subject is about; 0 where it has none."""
    if asked["subject"] == "extension":
        day = asked["figure_day"]
        return 0 if day is None else int(f"{day:%Y%m%d}")
    names = {"spending": "figure_amount", "fee_rate": "figure_rate"}
    return int(asked[names[asked["subject"]]] or 0) if asked["subject"] in names else 0


def _post(it: Doing) -> object:
    return mutual_aid.post_list(
        it.session, fund_id=it.key, month_from=it.asked["month"], place=it.asked["place"],
        **it.plainly,
    )  # fmt: skip


_MEMBER, _GROUP, _MONEY = JOIN, "mutual_aid.group", "mutual_aid.money"
_SLIP: Final = ("channel", "voucher_no")
OF_FUND: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "join": Step(_MEMBER, "社员入社", "已登记入社", ("household", "base_by"), _join),
        "stake": Step(
            _MONEY, "收互助金", "互助金已入账", ("household", "amount", *_SLIP), _stake
        ),
        "leave": Step(_MEMBER, "社员退社", "已登记退社", ("household", "reason"), _leave),
        "withdraw": Step(_MONEY, "退还互助金", "互助金已退", ("household", *_SLIP), _withdraw),
        "group": Step(_GROUP, "组成联保小组", "小组已成立", ("households",), _group),
        "join-group": Step(_GROUP, "加入小组", "已加入小组", ("group", "household"), _join_group),
        "leave-group": Step(
            _GROUP, "退出小组", "已退出小组", ("household", "reason"), _leave_group
        ),
        "take-in": Step(
            "mutual_aid.take_in", "收财政资金、捐赠", "资金已入账",
            ("kind", "amount", "document", *_SLIP), _take_in,
        ),
        "vote": Step(
            "mutual_aid.vote", "提交表决", "已提交社员表决",
            (
                "subject", "question", "loan", "figure_amount", "spent_on", "figure_rate",
                "figure_day",
            ),
            _open_vote,
        ),
        "list": Step("mutual_aid.publish", "按月公示", "公示表已存档", ("month", "place"), _post),
    }
)  # fmt: skip


# --- of a vote ------------------------------------------------------------------------------------


def _cast(it: Doing) -> None:
    ballots = {_household(it.session, one): choice for one, choice in it.asked["ballots"].items()}
    mutual_aid.cast(it.session, vote_id=it.key, ballots=ballots, **it.plainly)


def _count(it: Doing) -> None:
    asked, by_list = it.asked, None
    if asked["list_document"] or asked["present"] is not None:
        parts = [asked[name] or 0 for name in ("present", "voted_for", "against", "abstained")]
        by_list = mutual_aid.Counted(vote_of(it.session, it.key).eligible, *parts)
    mutual_aid.count(
        it.session, vote_id=it.key, by_list=by_list,
        list_document=asked["list_document"] or "", **it.ruled,
    )  # fmt: skip


def _carry_out(it: Doing) -> None:
    subject = vote_of(it.session, it.key).subject
    if subject not in _CARRIED:
        raise BadValue(
            field="vote_id", name="vote_id", value=str(it.key),
            rule_zh="这类表决没有要办的账务事项", rule_en="a vote of this kind books nothing",
        )  # fmt: skip
    _CARRIED[subject](it)


def _extend(it: Doing) -> None:
    mutual_aid.permit_extension(it.session, vote_id=it.key, **it.plainly)


def _set_fee(it: Doing) -> None:
    mutual_aid.set_fee(it.session, vote_id=it.key, **it.ruled)


def _spend(it: Doing) -> object:
    return mutual_aid.spend(
        it.session, vote_id=it.key, document=it.asked["paper"] or "",
        channel=it.asked["paid_by"] or "", voucher_no=it.asked["paid_voucher"] or "", **it.plainly,
    )  # fmt: skip


def _share(it: Doing) -> object:
    to_on = it.asked["to_on"] or it.on
    return mutual_aid.share_fee(it.session, vote_id=it.key, to_on=to_on, **it.ruled)


def _close(it: Doing) -> None:
    paper = it.asked["paper"] or ""
    mutual_aid.close_fund(it.session, vote_id=it.key, document=paper, **it.ruled)


def _hand_over(it: Doing) -> object:
    return mutual_aid.hand_over(
        it.session, vote_id=it.key, of_account=it.asked["of_account"],
        document=it.asked["handed_paper"], **it.voucher, **it.ruled,
    )  # fmt: skip


_CARRIED: Final[Mapping[str, Callable[[Doing], object]]] = MappingProxyType(
    {
        "extension": _extend,
        "fee_rate": _set_fee,
        "spending": _spend,
        "sharing": _share,
        "closing": _close,
    }
)
#: subject -> fields that carrying it out asks for
CARRIED_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "extension": (),
        "fee_rate": (),
        "spending": ("paper", "paid_by", "paid_voucher"),
        "sharing": ("to_on",),
        "closing": ("paper",),
    }
)
BALLOTS: Final = Step("mutual_aid.vote", "投票", "选票已收", (), _cast)
OF_VOTE: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "count": Step(
            "mutual_aid.vote", "计票", "计票结果已存",
            ("present", "voted_for", "against", "abstained", "list_document"), _count,
        ),
        "carry-out": Step(
            "mutual_aid.carry_out", "办理表决结果", "已办理",
            ("paper", "paid_by", "paid_voucher", "to_on"), _carry_out,
        ),
        "hand-over": Step(
            "mutual_aid.carry_out", "移交结余", "结余已移交",
            ("of_account", "handed_paper", *_SLIP), _hand_over,
        ),
    }
)  # fmt: skip
#: choices of a ballot
BALLOT: Final = dict(CHOICES)
