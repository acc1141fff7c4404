"""What a renewal or more time may be refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


class RenewalOfOther(Refusal):
    """A household renews its own loan, at the same lender and in the same mode."""

    zh = "合同{number}不是该户在本机构的同类贷款，不能续贷"
    en = "contract {number} is no loan of this kind of this household at this lender"


class RenewalTooEarly(Refusal):
    """A renewal is made shortly before maturity."""

    zh = "合同{number}于{matures_on}到期，到期前{days}天内方可续贷"
    en = "contract {number} matures on {matures_on}; it is renewed in its last {days} days"


class RenewalUnfit(Refusal):
    """A loan that was misused is not renewed."""

    status = 409
    zh = "合同{number}已认定挪用或贷后检查发现资金闲置，不能续贷"
    en = "contract {number} was found misused or its money idle; it is not renewed"


class RenewalInterestUnpaid(Refusal):
    """Interest up to the day is paid in money before the principal is renewed."""

    status = 409
    zh = "合同{number}截至当日应付利息{amount}元尚未归还，须先用现金结清"
    en = "{amount} yuan of interest on contract {number} must be paid in money first"


class RenewalAboveOld(Refusal):
    """A renewal is no new money."""

    zh = "续贷金额{amount}元超过原贷款余额{old}元"
    en = "the renewal of {amount} yuan is above the {old} yuan outstanding"


class RenewalBelowOld(Refusal):
    """The new loan repays all of the old one."""

    status = 409
    zh = "续贷金额{amount}元不足以归还原贷款本金{old}元，差额须先归还"
    en = "a renewal of {amount} yuan does not repay the {old} yuan outstanding"


class RenewedAlready(Refusal):
    """A contract is renewed once."""

    status = 409
    zh = "合同{number}已有续贷合同"
    en = "contract {number} has a contract that renews it already"


class NothingToRenew(Refusal):
    """Only a contract signed as a renewal renews another."""

    status = 409
    zh = "合同{number}不是续贷合同"
    en = "contract {number} was not signed to renew another"


class RenewedByRenewalAlone(Refusal):
    """The money of a renewal repays the old loan, and is not paid out."""

    status = 409
    zh = "合同{number}是续贷合同，只用于归还原贷款，不能另行放款"
    en = "contract {number} is a renewal: its money repays the old loan and is not paid out"


class LoanIsOverdue(Refusal):
    """What is overdue is paid first."""

    status = 409
    zh = "合同{number}已逾期{days}天，不能办理{what}"
    en = "contract {number} is overdue by {days} days ({what})"


class ExtensionsUsedUp(Refusal):
    """A loan is extended or renewed so many times."""

    zh = "合同{number}已展期或续贷{count}次，最多{limit}次"
    en = "contract {number} was extended or renewed {count} times; {limit} are allowed"
