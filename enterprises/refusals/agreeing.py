"""What is refused when an agreement is made, when households join it and when they leave."""

from __future__ import annotations

from kernel.refusals import Refusal


class EnterpriseNotRecognised(Refusal):
    """Only who is recognised on the signing day signs."""

    zh = "{name}在{on}不是认定的扶贫经营组织，不能签订利益联结协议"
    en = "{name} is not recognised on {on} and cannot sign an agreement"


class AgreementNumberTaken(Refusal):
    """One agreement for each number."""

    status = 409
    zh = "协议编号{number}已使用"
    en = "the agreement number {number} is used already"


class AgreementPartiesWrong(Refusal):
    """Four or five parties, the lender among them where loans are stakes."""

    zh = (
        "协议由四方或五方签订：扶贫办、企业、农户，另有贷款机构、乡镇或村；"
        "用贷款入股的须有贷款机构，各方须有名称，企业须是本协议的企业"
    )
    en = (
        "four or five sign, each by name: poverty office, the enterprise of the agreement,"
        " households, and lender, township or village; where loans are stakes, the lender as well"
    )


class AgreementDaysWrong(Refusal):
    """Signed by today, begun on or after the signing day, ended after it began."""

    zh = "协议日期不对：{signed_on}签订，{from_on}起，{last_on}（含）止，营业日{on}"
    en = "signed on {signed_on}, from {from_on} through {last_on}, on the business day {on}: not so"


class AgreementPeriodsUneven(Refusal):
    """An agreement holds a whole number of periods."""

    zh = "协议期限不是{months}个月的整数倍"
    en = "the agreement does not last a whole number of periods of {months} months"


class AgreementTooLong(Refusal):
    """The longest agreement."""

    zh = "协议期限{years}年，最长{maximum}年"
    en = "the agreement lasts {years} years; {maximum} at most"


class AgreementYearsUncovered(Refusal):
    """In each year of the agreement one term holds."""

    zh = "协议第{year}年没有收益条款，或有不止一条"
    en = "in year {year} of the agreement no term holds, or more than one"


class AgreementTermBroken(Refusal):
    """A term names a rate or a sum, never both, and pays something."""

    zh = "第{nr}条收益条款不对：按入股额的填比例，按户、按人的填金额，至少一项大于零"
    en = "term {nr}: a rate on stakes, or a sum per household or person, and something above zero"


class ProfitShareWithoutStakes(Refusal):
    """A share of the profit is split over stakes."""

    zh = "约定了利润分成，但名单上没有入股额"
    en = "a share of the profit is agreed on, but the list holds no stake to split it over"


class CounterSecurityMissing(Refusal):
    """Where the county asks for it, no loan is a stake without a counter-security."""

    zh = "{name}没有向风险补偿金提供反抵押，不能用贷款入股"
    en = "{name} pledges nothing to the fund: no loan may be a stake in it"


class LinkageListEmpty(Refusal):
    """An agreement links somebody."""

    zh = "名单没有任何农户"
    en = "the list has no household"


class LinkageListRefused(Refusal):
    """Rows of the list break a rule; none of it was taken in."""

    zh = "名单中有{count}户不合规则，全部未受理；名单第{row}户：{first}"
    en = "{count} households break a rule and nothing was taken in; household {row}: {first_en}"

    def __init__(self, rows: list[tuple[int, Refusal]]) -> None:
        number, first = rows[0]
        #: row of the list, from 1, and what is wrong with it
        self.rows = rows
        super().__init__(
            field="list",
            count=len(rows),
            row=number,
            first=first.message("zh"),
            first_en=first.message("en"),
        )


class StakeSourceUnclear(Refusal):
    """A stake that is a loan names the loan; another does not; land says how much."""

    zh = "农户{number}的入股来源不明：用贷款的填合同号和金额，土地的填亩数，其他的不填合同号"
    en = (
        "the source of household {number}'s stake is unclear: a loan has its contract number and"
        " an amount, land its area, another source no contract"
    )


class StakeLoanOfOtherLender(Refusal):
    """A loan that is a stake was lent by a lender that signs the agreement."""

    zh = "合同{loan}（农户{number}）不是协议签约银行发放的贷款"
    en = "loan {loan} of household {number} was not lent by a lender that signs the agreement"


class StakeLoanUnfit(Refusal):
    """The loan is the household's own, drawn, and lent for this enterprise or for none."""

    zh = "合同{loan}不能作为农户{number}的入股：须是该户已放款、未结清、未由别的单位使用的贷款"
    en = (
        "loan {loan} cannot be household {number}'s stake: it must be that household's own, drawn"
        " and not repaid, and used by no other enterprise"
    )


class StakeAboveLoan(Refusal):
    """Stakes do not exceed the loan behind them."""

    zh = "农户{number}的入股{stake}元超过其贷款{loan}的{principal}元"
    en = "household {number}'s stake of {stake} exceeds the {principal} of its loan {loan}"


class LoanLinkedTwice(Refusal):
    """A household is linked once for one loan."""

    status = 409
    zh = "农户{number}已用贷款{loan}入股，一笔贷款只能联结一次"
    en = "household {number} is linked for loan {loan} already; a loan is a stake once"


class LoanLinkedMeanwhile(Refusal):
    """Another list with the same loan was approved first."""

    status = 409
    zh = "名单中有{count}笔贷款已在别的协议中入股，不能批准"
    en = "{count} loans of the list are stakes elsewhere by now; it cannot be approved"


class HouseholdsJoinedMeanwhile(Refusal):
    """Another list with the same households was approved first."""

    status = 409
    zh = "名单中有{count}户已由别的名单加入此协议，不能批准"
    en = "{count} households of the list joined by another list; it cannot be approved"


class StakeNoLongerCovered(Refusal):
    """Loans of the list were repaid or undone before it was approved."""

    status = 409
    zh = "名单中有{count}笔贷款的余额已不足入股额，不能批准"
    en = "{count} loans of the list no longer cover their stakes; it cannot be approved"


class HouseholdLinkedTwice(Refusal):
    """A household stands once with one source, and joins an agreement once."""

    status = 409
    zh = "农户{number}在名单中重复，或已在此协议中"
    en = "household {number} stands twice on the list, or is in the agreement already"


class HouseholdOutsideVillages(Refusal):
    """Some recognitions are for some villages."""

    zh = "农户{number}不在认定的项目村"
    en = "household {number} lives outside the villages of the recognition"


class HouseholdNotLinked(Refusal):
    """Who is not in it cannot leave it."""

    status = 409
    zh = "农户{number}在{on}不在协议{agreement}中"
    en = "household {number} is not in agreement {agreement} on {on}"


class AgreementNotInForce(Refusal):
    """Nobody joins or leaves an agreement that was not approved, or has ended."""

    status = 409
    zh = "协议{number}尚未批准，或在{on}已到期"
    en = "agreement {number} was not approved, or has ended by {on}"


class AgreementListUndecided(Refusal):
    """The first list puts the agreement in force; later ones come after it."""

    status = 409
    zh = "协议{number}的首份名单未获批准，不能批准后续名单"
    en = "the first list of agreement {number} is not approved: a later one cannot be"


class DividendDeclaredSince(Refusal):
    """A list, or a leaving, dated back into days whose dividend is declared."""

    status = 409
    zh = "协议{number}第{round}号分红已申报至{to_on}，起始日{from_on}不能早于这一天"
    en = "dividend round {round} of agreement {number} is declared to {to_on}: not from {from_on}"
