"""What a change of a loan is refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


class ChangeKindUnknown(Refusal):
    """A change is one of those that the house knows."""

    status = 404
    zh = "没有“{kind}”这种变更"
    en = "there is no change of the kind {kind!r}"


class ChangeSheetLenders(Refusal):
    """A sheet is decided by one director, so it holds the loans of one lender."""

    zh = "一张变更清单只能办理同一机构的贷款"
    en = "one sheet of changes holds the loans of one lender"


class NotOnChangeSheet(Refusal):
    """Only what stands on a sheet can be left out of it."""

    zh = "合同{number}不在这张变更清单上"
    en = "contract {number} is not on this sheet of changes"


class NothingLeftToChange(Refusal):
    """A sheet of which every loan is left out is sent back, not approved."""

    status = 409
    zh = "清单中没有可以办理的贷款，只能退回；合同{number}：{why_zh}"
    en = "no loan of the sheet can be changed, so it is sent back; contract {number}: {why_en}"


class ExtensionTooLong(Refusal):
    """All extensions of a loan together are limited by its original term."""

    zh = "展期累计不得超过原期限的{share}%：最晚可到{latest}，不能到{matures_on}"
    en = "extensions come to at most {share} % of the term: until {latest}, not {matures_on}"


class NoDeferralWindow(Refusal):
    """A deferral needs a document in force that gives one."""

    zh = "当日没有文件允许延期还款"
    en = "no document in force lets a loan be deferred"


class DeferralOutsideWindow(Refusal):
    """The window is for loans that fall due from a day on."""

    zh = "合同{number}于{matures_on}到期，只有{due_from}（含）以后到期的贷款可以延期"
    en = "contract {number} matures on {matures_on}; loans due from {due_from} on can be deferred"


class DeferralTooLong(Refusal):
    """The window has an end."""

    zh = "延期最迟到{latest}，不能到{matures_on}"
    en = "a deferral ends on {latest} at the latest, not on {matures_on}"


class PlanUnchanged(Refusal):
    """A change of plan changes something."""

    zh = "合同{number}现在就是这种还款方式"
    en = "contract {number} is repaid like that already"


class MisusedPlanKept(Refusal):
    """A loan found misused bears no interest that a new plan could spread."""

    status = 409
    zh = "合同{number}已认定挪用，不能变更还款方式"
    en = "contract {number} was found misused; its plan is not changed"


class EvidenceMissing(Refusal):
    """A finding says what it rests on."""

    zh = "认定挪用须写明证据"
    en = "a finding of misuse says what it rests on"


class CheckFindsNoMisuse(Refusal):
    """The check named as evidence is of this loan, and found misuse."""

    zh = "第{check}号贷后检查不是合同{number}的，或没有发现挪用"
    en = "check {check} is not of contract {number}, or found no misuse"


class WriteOffTooEarly(Refusal):
    """Only what is lost is written off."""

    zh = "合同{number}分类未到损失，逾期{days}天也未超过{limit}天，不能核销"
    en = "contract {number} is not graded as lost, nor overdue ({days} days) for over {limit} days"


class WriteOffOnOpenDay(Refusal):
    """A loss is taken on the day on which it is decided."""

    zh = "核销按审批当日入账，不能指定起息日{day}"
    en = "a write-off is booked on the day of its decision, not on {day}"


class GradeNotWorse(Refusal):
    """People may grade a loan worse than the rule does, never better."""

    zh = "合同{number}按规则为{by_rule}级，人工调整只能更差，不能为{grade}级"
    en = "the rule grades contract {number} {by_rule}; people may only grade it worse, not {grade}"


class NoOverrideInForce(Refusal):
    """What is lifted must be in force."""

    status = 409
    zh = "合同{number}没有生效的人工分类调整"
    en = "no override of the grade of contract {number} is in force"


class BorrowerUnchanged(Refusal):
    """The new borrower is somebody else."""

    zh = "该成员已是合同{number}的借款人"
    en = "that member is the borrower of contract {number} already"


class BorrowerDead(Refusal):
    """The dead answer for nothing."""

    zh = "农户{number}的该成员已登记去世，不能作为借款人"
    en = "that member of household {number} is noted as dead and cannot be the borrower"


class NoHouseholdBorrower(Refusal):
    """What an organisation borrows has no member of a household to answer for it."""

    zh = "合同{number}由单位借款，没有借款农户"
    en = "contract {number} is borrowed by an organisation, not by a household"


class CreditBeforeWriteOff(Refusal):
    """What the household has paid too much is used or given back before anything is lost."""

    status = 409
    zh = "合同{number}还有溢缴款{credit}元，须先冲抵或退还再核销"
    en = (
        "contract {number} has a credit of {credit} yuan; it is used or refunded before a write-off"
    )


class WhyMissing(Refusal):
    """A subsidy stops for one of the reasons that the house knows."""

    zh = "须写明停止贴息的原因：弄虚作假、转借他人、改变用途、不再符合条件或其他"
    en = "say why the subsidy stops: falsified, lent on, off purpose, status, or other"
