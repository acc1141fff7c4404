"""Everything a village fund refuses; one class for each rule."""

from __future__ import annotations

from kernel.refusals import Refusal


class NotAVillageFund(Refusal):
    """A fund is an organisation of the kind village_fund."""

    zh = "{name}不是村级互助资金组织"
    en = "{name} is not a village fund"


class VillageHasFund(Refusal):
    """One village, one fund."""

    status = 409
    zh = "{village}已有互助资金组织（一村一社，不得跨村）"
    en = "{village} has a fund already: one village, one fund"


class FundPaperMissing(Refusal):
    """Registration and constitution are named."""

    zh = "须填写{what_zh}"
    en = "it needs {what_en}"


class FundNotOpen(Refusal):
    """Only a fund that was approved and has not ended does anything."""

    status = 409
    zh = "该互助资金组织未经批准成立或已终止"
    en = "this village fund was not approved, or has ended"


class FeeRateOutOfRange(Refusal):
    """The members decide the usage fee within the rules of the day."""

    zh = "占用费率{rate}%须在{lowest}%至{highest}%之间"
    en = "a usage fee of {rate} % lies outside {lowest} % to {highest} %"


class HouseholdOfOtherVillage(Refusal):
    """Members live in the fund's village."""

    zh = "农户{number}不在本社所在村"
    en = "household {number} does not live in the fund's village"


class FundMemberAlready(Refusal):
    """A household has one member in one fund."""

    status = 409
    zh = "农户{number}已是互助社社员（每户一名社员），或退社后互助金尚未退清"
    en = "household {number} is a member already, or its stake is still to be paid out"


class MembersRefused(Refusal):
    """Rows of a list of members break a rule, or it has none; nothing of it was taken in."""

    zh = "社员名册有{count}行不合规则，全部未受理；第{row}行：{first}"
    en = "{count} rows break a rule and nothing was taken in; row {row}: {first_en}"

    def __init__(self, rows: list[tuple[int, Refusal]]) -> None:
        number, first = rows[0] if rows else (0, None)
        #: row of the list, from 1, and what is wrong with it
        self.rows = rows
        super().__init__(
            field="list",
            count=len(rows),
            row=number,
            first="没有内容" if first is None else first.message("zh"),
            first_en="it is empty" if first is None else first.message("en"),
        )


class FundMemberUnknown(Refusal):
    """Only members do it."""

    status = 404
    zh = "农户{number}不是本社社员"
    en = "household {number} is not a member of this fund"


class SpeakerUnfit(Refusal):
    """Who speaks for a household belongs to it."""

    zh = "代表人不是农户{number}的在册家庭成员"
    en = "who speaks for household {number} does not belong to it"


class BaseStakeForPoorOnly(Refusal):
    """The fiscal money pays the base stake of poor households alone."""

    zh = "农户{number}不是未脱贫的建档立卡户，基准互助金不由财政资金代缴"
    en = "household {number} is not poor: the fiscal money does not pay its base stake"


class FiscalMoneyShort(Refusal):
    """Base stakes are paid from fiscal money that is there."""

    status = 409
    zh = "财政扶持资金余额{held}元，不足以代缴{wanted}元"
    en = "{held} yuan of fiscal money does not pay {wanted} yuan"


class StakeNotWholePortions(Refusal):
    """A stake is whole portions."""

    zh = "互助金{amount}元须为每份{unit}元的整数倍"
    en = "{amount} yuan is not whole portions of {unit} yuan"


class StakeTooSmall(Refusal):
    """A stake is so much at least."""

    zh = "每户互助金不少于{lowest}元，现为{amount}元"
    en = "a stake is {lowest} yuan at least; it would be {amount}"


class DepositsForbidden(Refusal):
    """Beyond the largest stake it would be a deposit; a fund takes none."""

    zh = "互助资金组织不得吸收存款：每户互助金不超过{highest}元，现为{amount}元"
    en = "a fund takes no deposits: a stake is {highest} yuan at most; it would be {amount}"


class DividendsForbidden(Refusal):
    """Nothing is paid to members on their stakes."""

    zh = "互助资金不得向社员分红付息"
    en = "a fund pays its members no dividends and no interest"


class MovementUnknown(Refusal):
    """Money moves in the ways that are known."""

    zh = "没有“{kind}”这种资金往来"
    en = "money does not move as {kind!r}"


class StakeStillHeld(Refusal):
    """A stake is paid out after leaving."""

    status = 409
    zh = "农户{number}没有退社，或没有待退的互助金"
    en = "household {number} has not left, or has no stake to come"


class JointGroupUnfit(Refusal):
    """A group has so many members when it is formed and after each one that joins."""

    zh = "联保小组须有{lowest}至{highest}户，现为{members}户"
    en = "a joint group has {lowest} to {highest} households; it would have {members}"


class VoteNeedsItsMatter(Refusal):
    """A vote names what it is about, and the figure that is voted on."""

    zh = "表决须写明{what_zh}"
    en = "a vote names {what_en}"


class BallotTwice(Refusal):
    """One household, one ballot."""

    status = 409
    zh = "农户{number}已投票（一户一票）"
    en = "household {number} has voted: one household, one ballot"


class BallotOfNonMember(Refusal):
    """Members of the day vote."""

    zh = "农户{number}在表决日不是社员，不能投票"
    en = "household {number} was no member on the day of the vote"


class ChoiceUnknown(Refusal):
    """For, against or neither."""

    zh = "“{choice}”不是赞成、反对或弃权"
    en = "{choice!r} is neither for, against nor abstain"


class BallotsAboveMembers(Refusal):
    """No more ballots than members."""

    zh = "计票{counted}票，到会{present}户，应到{eligible}户：票数不能多于户数"
    en = "{counted} ballots, {present} present, {eligible} members: there cannot be more ballots"


class VoteIsCounted(Refusal):
    """A vote that was counted takes no more ballots."""

    status = 409
    zh = "第{nr}号表决已经计票"
    en = "vote {nr} was counted"


class VoteDoesNotCarry(Refusal):
    """What rests on a vote needs one that carries, about that very matter."""

    status = 409
    zh = "第{nr}号表决未获通过、未计票，或不是就此事项表决"
    en = "vote {nr} did not carry, was not counted, or is about something else"


class VoteCarriedOut(Refusal):
    """A vote is carried out once."""

    status = 409
    zh = "第{nr}号表决已经执行"
    en = "vote {nr} was carried out"


class SetApartShort(Refusal):
    """Running cost and welfare are paid from what was set apart for them."""

    status = 409
    zh = "{account_zh}余额{held}元，不足以支付{wanted}元"
    en = "{account_en} holds {held} yuan, which does not pay {wanted} yuan"


class NothingToShare(Refusal):
    """Fee that was taken is set apart once."""

    zh = "{from_on}至{to_on}没有可分配的占用费"
    en = "there is no fee to set apart from {from_on} to {to_on}"


class FundNotEmpty(Refusal):
    """A fund ends when nothing is out and every stake is paid back."""

    status = 409
    zh = "还有未结清的借款{loans}笔、未退互助金的农户{members}户，不能终止"
    en = "{loans} loans are open and {members} stakes are held: the fund cannot end"


class NothingLeftThere(Refusal):
    """What is handed over at the end is something."""

    status = 409
    zh = "{account_zh}没有可移交的余额"
    en = "nothing is left of {account_en} to be handed over"


class FundHoldsMoney(Refusal):
    """A fund that ends has handed over what was left."""

    status = 409
    zh = "还有资金{held}元未处置（{where_zh}），不能终止"
    en = "{held} yuan are left ({where_en}): the fund cannot end before they are handed over"


class MonthNotClosed(Refusal):
    """A month's list is made of closed days."""

    status = 409
    zh = "{month}尚未终了或尚未日终，不能公示"
    en = "{month} is not over and closed: its list cannot be posted"
