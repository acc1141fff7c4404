"""What a claim, its payment and a return may be refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


class LenderWithoutFund(Refusal):
    """No special account lies at the loan's lender."""

    status = 409
    zh = "合同{number}的贷款机构未设补偿金专户"
    en = "there is no special account at the lender of {number}"


class LoanNotCovered(Refusal):
    """The contract's terms, or a full fund, leave nothing of it under cover."""

    zh = "合同{number}不在风险补偿范围内"
    en = "{number} is not under cover"


class LoanNotOverdueYet(Refusal):
    """A claim waits for the day that the rules name."""

    status = 409
    zh = "合同{number}逾期{days}天，满{needed}天才能申请代偿"
    en = "{number} is {days} days overdue; a claim takes {needed}"


class CollectionEvidenceMissing(Refusal):
    """A lender collects before it claims, and shows that it has."""

    zh = "合同{number}缺少：{missing_zh}"
    en = "{number} lacks: {missing_en}"


class ClaimUnderWay(Refusal):
    """One claim of a loan at a time."""

    status = 409
    zh = "合同{number}已有第{nr}次代偿申请在办（{state}）"
    en = "claim {nr} of {number} is under way ({state})"


class NothingUnderCover(Refusal):
    """Nothing under cover is due and unpaid."""

    status = 409
    zh = "合同{number}没有可申请代偿的欠款"
    en = "nothing under cover is due and unpaid on {number}"


class ClaimAboveCover(Refusal):
    """No more is claimed than is owed by the household and under cover."""

    zh = "申请代偿{part_zh}{asked}元，超过可代偿的{most}元（财政贴息部分不得申请）"
    en = "{asked} yuan of {part_en} asked, at most {most} can be (never what the treasury bears)"


class FundClaimUnknown(Refusal):
    """No claim by that number in the asker's sight."""

    status = 404
    zh = "没有第{number}号代偿申请"
    en = "there is no claim {number}"


class FundClaimNotInState(Refusal):
    """A claim goes its way step by step."""

    status = 409
    zh = "第{number}号代偿申请{state}，不能{verb_zh}"
    en = "claim {number} is {state}: it cannot be {verb_en}"


class FundClaimNoLongerOwed(Refusal):
    """The household has paid since: the claim is withdrawn and filed anew."""

    status = 409
    zh = "第{number}号代偿申请提出后合同已有还款，现可代偿{most}元，请撤回后重新申请"
    en = "something was repaid since claim {number} was filed; {most} yuan can be claimed now"


class FundPartyUnknown(Refusal):
    """Who is not in the contract's sharing table bears nothing."""

    zh = "“{party}”不是该合同的担保分担方"
    en = "{party!r} does not share this contract's losses as a guarantor"


class PartyHasPaid(Refusal):
    """A party pays its part once."""

    status = 409
    zh = "“{party}”已支付第{number}号申请的代偿款"
    en = "{party!r} has paid its part of claim {number}"


class NothingToReturn(Refusal):
    """Every recovery has been given back."""

    status = 409
    zh = "没有应返还的追偿款"
    en = "no recovered money is to be given back"


class ReturnAmountDiffers(Refusal):
    """What is given back is what was recovered, to the fen."""

    zh = "返还{amount}元，应返还追偿款为{owed}元"
    en = "{amount} yuan given back, {owed} are due"
