"""What the watch refuses: lifting a fuse, guarantees, a stress."""

from __future__ import annotations

from kernel.refusals import Refusal


class FuseNotBlown(Refusal):
    """There is nothing to lift."""

    status = 409
    zh = "{scope}没有处于熔断状态"
    en = "lending is not stopped by the fuse in {scope}"


class FuseLiftWaiting(Refusal):
    """A lift of this stop has been asked and waits for a decision."""

    status = 409
    zh = "{scope}已有一项解除熔断的申请待审批"
    en = "a lift of the stop in {scope} waits for a decision already"


class FuseLiftOverlong(Refusal):
    """A lift holds for so long and no longer."""

    zh = "解除熔断的期限须在{first}至{last}之间（含），不能是{until}"
    en = "a lift holds up to a day from {first} to {last}, not {until}"


class FuseReasonMissing(Refusal):
    """Why lending shall go on."""

    zh = "须写明解除熔断的理由"
    en = "the reason to lift the stop is missing"


class GuaranteeForHousehold(Refusal):
    """No guarantee is taken for a loan that a household uses and repays."""

    zh = "合同{number}由农户使用并偿还，不得要求担保"
    en = "the household uses and repays {number}: no guarantee may be taken for it"


class NotGuaranteeCompany(Refusal):
    """Only a guarantee company is a platform."""

    zh = "“{name}”不是营业中的担保公司"
    en = "{name} is not a guarantee company in business"


class PlatformNotSet(Refusal):
    """Capital and multiple come first."""

    status = 409
    zh = "“{name}”尚未登记担保资本和放大倍数"
    en = "capital and multiple of {name} are not registered yet"


class PlatformValueOutOfRange(Refusal):
    """Capital not below zero, a multiple from 1 to 100."""

    zh = "担保资本不能为负，放大倍数须为1至100的整数"
    en = "capital is not below zero, and the multiple a whole number from 1 to 100"


class PlatformDocumentMissing(Refusal):
    """Capital and multiple rest on a document."""

    zh = "须写明担保资本和放大倍数的依据文件"
    en = "the document behind capital and multiple is missing"


class GuaranteeAboveHeadroom(Refusal):
    """Capital times multiple, less what is in force."""

    status = 409
    zh = "“{name}”可担保额度剩余{left}元，不足{amount}元"
    en = "{name} may guarantee {left} yuan more, not {amount}"


class GuaranteeAboveLoan(Refusal):
    """All guarantees of a contract together are not above its amount."""

    zh = "合同{number}的担保合计{total}元超过合同金额{amount}元"
    en = "guarantees of {number} come to {total} yuan, above its amount of {amount}"


class GuaranteeGivenBefore(Refusal):
    """A company guarantees a contract once; a letter's number is used once."""

    status = 409
    zh = "“{name}”已为合同{number}提供担保，或担保函号“{letter}”已使用"
    en = "{name} guarantees {number} already, or the letter's number {letter!r} is used"


class GuaranteeLetterMissing(Refusal):
    """A guarantee is a letter with a number."""

    zh = "须写明担保函号"
    en = "the number of the letter of guarantee is missing"


class GuaranteeUnknown(Refusal):
    """No such guarantee in the asker's sight."""

    status = 404
    zh = "没有担保函{letter}"
    en = "there is no letter of guarantee {letter}"


class AboveGuarantee(Refusal):
    """No more is called or released than is in force."""

    status = 409
    zh = "担保函{letter}尚有{left}元，不足{amount}元"
    en = "{left} yuan of the guarantee {letter} are in force, not {amount}"


class CallAboveDebt(Refusal):
    """The company pays what is past due, and nobody pays it twice."""

    status = 409
    zh = "合同{number}逾期且未获代偿的欠款{owed}元，不足{amount}元；未逾期的不得要求代偿"
    en = "{owed} yuan of {number} are past due and not compensated, not {amount}"


class RecoveryAboveCall(Refusal):
    """No more comes back than was called."""

    status = 409
    zh = "担保函{letter}代偿未收回{left}元，不足{amount}元"
    en = "{left} yuan called on {letter} are not recovered, not {amount}"


class StressUnclear(Refusal):
    """So many runs, and no more."""

    zh = "模拟次数须为100至{most}"
    en = "the runs are from 100 to {most}"
