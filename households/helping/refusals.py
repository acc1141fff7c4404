"""The rules of help that say no, one class each."""

from __future__ import annotations

from kernel.refusals import Refusal


class HelpRulesInvalid(Refusal):
    """A file of measures that breaks its form."""

    zh = "帮扶措施文件{file}的{key}有误：{what}"
    en = "the file of measures {file} is wrong at {key}: {what}"


class MeasureUnknown(Refusal):
    """A measure that is not one of the list."""

    zh = "没有“{measure}”这项帮扶措施，只有：{choices}"
    en = "there is no measure {measure}, only: {choices}"


class HelpNeedsStanding(Refusal):
    """Help is for households that are registered or monitored on its day."""

    status = 409
    zh = "户编号{number}在{day}既不是建档立卡户，也不是监测对象"
    en = "household {number} is neither registered nor monitored on {day}"


class HelpingFileTwice(Refusal):
    """A sheet that was taken in before."""

    status = 409
    zh = "这份清单已于{booked_on}收过（{name}），不能再收"
    en = "this sheet was taken in before, on {booked_on} ({name})"


class HelperLevelDiffers(Refusal):
    """The same helper of the same unit with another level."""

    status = 409
    zh = "{unit}的{name}已登记为“{level}”，与本次不同"
    en = "{name} of {unit} is registered as {level} already"


class PairedAlready(Refusal):
    """The household has this very helper."""

    status = 409
    zh = "户编号{number}自{from_on}起已由{name}帮扶"
    en = "household {number} is paired with {name} already, since {from_on}"


class PairedTwiceOnSheet(Refusal):
    """One household twice on a sheet of pairs."""

    zh = "户编号{number}在本清单中出现两次"
    en = "household {number} stands on this sheet twice"


class PairBeforeTheLast(Refusal):
    """A pair that would begin before the one it ends."""

    status = 409
    zh = "户编号{number}现有结对始于{from_on}，新结对须晚于该日"
    en = "the pair of household {number} began on {from_on}; another begins after that day"


class PairEnded(Refusal):
    """A pair that has ended is not ended again."""

    status = 409
    zh = "该结对已于{to_on}结束"
    en = "the pair ended on {to_on}"


class PairVisitedLater(Refusal):
    """A pair that would end before a visit that was made in it."""

    status = 409
    zh = "户编号{number}的帮扶责任人在{visited_on}还走访过，结对不能早于该日之次日结束"
    en = "household {number} was visited on {visited_on}; the pair cannot end by that day"


class NoHelperPaired(Refusal):
    """A visit on a day when nobody was paired with the household."""

    status = 409
    zh = "户编号{number}在{day}没有结对的帮扶责任人"
    en = "nobody is paired with household {number} on {day}"


class WithdrawnAlready(Refusal):
    """What was withdrawn is not withdrawn again."""

    status = 409
    zh = "这一条已于{booked_on}撤销"
    en = "the row was withdrawn on {booked_on}"


class SpecialFundIncomplete(Refusal):
    """A fund without its document, name, level or year."""

    zh = "专项资金须写明文号、名称、级次和年度"
    en = "a special fund needs its document, name, level and year"


class SpecialFundTwice(Refusal):
    """The same document of the same level."""

    status = 409
    zh = "{level}资金文件{document_no}已经录入"
    en = "the {level} document {document_no} is entered already"


class SpecialFundExceeded(Refusal):
    """More given than the fund has left."""

    status = 409
    zh = "资金{document_no}只剩{free}元，不够安排{amount}元"
    en = "the fund {document_no} has {free} yuan left, not {amount}"


class FundUseAmount(Refusal):
    """Nothing, or less than nothing, given."""

    zh = "安排金额须大于零"
    en = "what is given is above zero"


class FundPurposeUnknown(Refusal):
    """A purpose that is not of the list."""

    zh = "没有“{purpose}”这种用途，只有：{choices}"
    en = "there is no purpose {purpose}, only: {choices}"


class LinkedIsIndustry(Refusal):
    """Only industry money is linked with households, and only it goes to an industry project."""

    zh = "只有产业发展资金可以安排给产业项目、标为与贫困户联结"
    en = "only money for industry goes to an industry project or is linked with poor households"


class FundUseUndocumented(Refusal):
    """A use without the paper behind it."""

    zh = "资金安排须写明依据文件"
    en = "a use of special money names the document behind it"


class FundUseTakenBack(Refusal):
    """A use that was taken back already, or is itself a taking back."""

    status = 409
    zh = "这笔安排已经收回"
    en = "this use was taken back already"


class ProjectRowsDiffer(Refusal):
    """Two lines of one project tell different things of it."""

    zh = "项目{number}的各行“{title}”不一致"
    en = "the lines of project {number} differ in {title}"


class ProjectVillageTwice(Refusal):
    """One village twice under a project."""

    zh = "项目{number}的村{village}出现两次"
    en = "the village {village} stands twice under project {number}"


class ProjectTwice(Refusal):
    """A project that is registered already tells something else."""

    status = 409
    zh = "项目{number}已经登记为“{name}”，登记内容不能改；各村户数人数可以更新"
    en = "project {number} is registered as {name}; of it only the villages' counts may change"


class ProjectPersonsBelowHouseholds(Refusal):
    """Fewer people than households."""

    zh = "项目{number}在{village}的人数少于户数"
    en = "fewer people than households of project {number} in {village}"


class ProjectHouseholdTwice(Refusal):
    """A household that the project covers already."""

    status = 409
    zh = "户编号{number}已在该项目名册中"
    en = "household {number} is on the project's list already"
