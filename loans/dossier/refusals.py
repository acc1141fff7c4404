"""What the file behind a loan refuses."""

from __future__ import annotations

from kernel.refusals import Refusal


class PaperListInvalid(Refusal):
    """A list of papers that breaks its form."""

    zh = "资料目录{file}的“{key}”不合规则：{rule_zh}"
    en = "list of papers {file}, {key!r}: {rule_en}"


class PaperUnknown(Refusal):
    """A paper that the lender's list does not hold."""

    zh = "该机构的资料目录中没有“{paper}”"
    en = "the lender's list holds no paper {paper!r}"


class PapersMissing(Refusal):
    """The lender says that this stage waits for these papers."""

    status = 409
    zh = "{what}缺少资料，不能办理{stage_zh}：{papers_zh}"
    en = "{what} lacks papers without which {stage_en} may not go on: {papers_en}"


class PaperNotOnFile(Refusal):
    """What was never noted cannot be found missing."""

    status = 409
    zh = "“{paper}”尚未归档，无从注明缺失"
    en = "{paper} was never on file, so it cannot be missing from it"


class ScanUnreadable(Refusal):
    """A scan is a picture or a PDF."""

    zh = "扫描件或照片须为JPEG、PNG或PDF文件，且不得为空"
    en = "a scan or photograph is a JPEG, PNG or PDF file, and not an empty one"


class ScanTooLarge(Refusal):
    """A scan of reasonable size."""

    status = 413
    zh = "扫描件或照片最大{limit_mb} MB"
    en = "a scan or photograph has {limit_mb} MB at most"


class DayNotCome(Refusal):
    """What is noted has happened."""

    zh = "日期{day}晚于营业日{on}，尚未发生的事项不能登记"
    en = "{day} lies after the business day {on}; what has not happened cannot be noted"


class BeforeDisbursement(Refusal):
    """There is nothing to check or to collect before the money is out."""

    status = 409
    zh = "合同{number}在{day}尚未放款，不能登记"
    en = "contract {number} was not paid out yet on {day}; nothing can be noted for that day"


class LoanSettled(Refusal):
    """A settled loan has no way forward and promises nothing."""

    status = 409
    zh = "合同{number}已结清"
    en = "contract {number} is settled"


class PromiseIncomplete(Refusal):
    """A promise has a day and an amount."""

    zh = "承诺还款须写明承诺日和金额"
    en = "a promise to pay needs its day and its amount"


class PromiseLooksBack(Refusal):
    """A promise is about a day to come."""

    zh = "承诺还款日{promised}早于催收日{day}"
    en = "the promised day {promised} lies before the day of the contact, {day}"


class PromiseMisplaced(Refusal):
    """A day and an amount of a promise stand with a promise alone."""

    zh = "只有“承诺还款”才填写承诺日和金额"
    en = "a promised day and amount go with a promise to pay alone"


class MisuseAmountUnfit(Refusal):
    """How much was misused: something, and no more than was paid out."""

    zh = "挪用、转借金额须大于零且不超过已放款的{limit}元；用途相符或闲置不填金额"
    en = "misused or lent on: above zero and at most the {limit} yuan paid out; none otherwise"


class BorrowerNoPerson(Refusal):
    """Where an organisation borrows nobody dies or moves away."""

    zh = "合同{number}的借款人是单位，没有身故、外迁事项"
    en = "the borrower of contract {number} is an organisation: it does not die or move away"


class LifeEventUnfit(Refusal):
    """What became of a borrower follows what was known before."""

    status = 409
    zh = "与已登记的情况不符：{rule_zh}"
    en = "that does not follow what is known: {rule_en}"


class WayLooksBack(Refusal):
    """A way forward is planned for a day to come."""

    zh = "到期去向的办理日{planned}早于营业日{on}"
    en = "the way forward is planned for {planned}, before the business day {on}"


class SuccessorWithoutCause(Refusal):
    """Somebody takes a loan over where its borrower died or moved away."""

    status = 409
    zh = "借款人没有登记身故或外迁，不能由他人承接"
    en = "nobody takes the loan over while its borrower neither died nor moved away"


class QueueUnknown(Refusal):
    """The queue has its kinds."""

    status = 404
    zh = "待办没有“{kind}”这一类"
    en = "the queue has no kind {kind!r}"
