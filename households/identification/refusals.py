"""What finding households refuses, one class each."""

from __future__ import annotations

from kernel.refusals import Refusal


class ProcedureFileInvalid(Refusal):
    """A procedure, a survey or a table of lines that breaks its form."""

    zh = "{file}的“{key}”不合规则：{rule_zh}"
    en = "{file}, {key!r}: {rule_en}"


class NoProcedure(Refusal):
    """No dated document says how such a case goes."""

    zh = "{on}没有“{what}”的程序文件"
    en = "no procedure for {what!r} is in force on {on}"


class NoSurvey(Refusal):
    """No dated survey asks households on that day."""

    zh = "{on}没有适用的入户调查表“{code}”"
    en = "no survey {code!r} is in force on {on}"


class AnswerNotOfItsKind(Refusal):
    """An answer that the question does not take, or a question without an answer."""

    zh = "调查项“{question}”的回答“{value}”不合格式：{rule_zh}"
    en = "the answer {value!r} to {question!r} is not valid: {rule_en}"


class CaseOpenAlready(Refusal):
    """The household goes one way at a time."""

    status = 409
    zh = "农户{number}已有办理中的事项"
    en = "household {number} has an open case already"


class FoundOtherwiseLater(Refusal):
    """A finding that would go in beneath a later one."""

    status = 409
    zh = "农户{number}自{from_on}起已认定为“{status}”，认定日期不能早于这一天"
    en = "household {number} was found to be {status} from {from_on}: no finding goes in before"


class StatusDoesNotFollow(Refusal):
    """A finding that cannot follow on what the household stands as."""

    status = 409
    zh = "农户{number}在{on}为“{standing}”，不能定为“{status}”"
    en = "household {number} is {standing} on {on} and cannot become {status}"


class MonitoredKindMissing(Refusal):
    """Watching names its kind, and nothing else does."""

    zh = "监测须写明类型（脱贫不稳定户、边缘易致贫户、突发严重困难户），其他认定不写"
    en = "watching names its kind (unstable, edge or sudden), and no other finding does"


class MonitoredKindDoesNotFit(Refusal):
    """Unstable is who was lifted out, the edge is who was never poor."""

    status = 409
    zh = "农户{number}在{on}为“{standing}”，不能列为“{kind}”"
    en = "household {number} is {standing} on {on} and cannot be watched as {kind}"


class CaseListEmpty(Refusal):
    """A sheet without a single household."""

    zh = "名单没有任何农户"
    en = "the sheet names no household"


class HouseholdTwiceOnCaseList(Refusal):
    """The same household on two lines."""

    zh = "农户{number}在名单中出现两次"
    en = "household {number} stands on the sheet twice"


class CaseHouseholdUnknown(Refusal):
    """A number of no household in the person's charge."""

    status = 404
    zh = "名单中有{count}户不在登记册或不在管辖范围内，如{number}"
    en = "{count} households are not in the register, or outside the scope, such as {number}"


class StepNotNext(Refusal):
    """A step out of its order: none is skipped, none taken twice."""

    status = 409
    zh = "农户{number}的下一步是“{next}”，不能办“{step}”"
    en = "the next step of household {number} is {next}, not {step}"


class StepAheadOfTheBooks(Refusal):
    """A step dated after the business day, or before the one it follows."""

    zh = "“{step}”的日期{held_on}须不晚于账务日{on}，不早于上一步{last}"
    en = "{step} on {held_on} must be by the business day {on} and not before {last}"


class StepNeedsWiderScope(Refusal):
    """A township's step is taken by someone in charge of the township."""

    status = 403
    zh = "“{step}”须由管辖{level_zh}及以上范围的人办理"
    en = "{step} is taken by someone in charge of the {level_en} or more"


class StepTakenBySamePerson(Refusal):
    """Who took an earlier step may not take this one."""

    status = 409
    zh = "“{step}”不能由办理过“{other}”的人办理"
    en = "{step} may not be taken by the person who took {other}"


class StepNeedsDocument(Refusal):
    """A step whose document or minutes are not named."""

    zh = "“{step}”须写明文号或会议记录编号"
    en = "{step} needs the number of its document or minutes"


class StepNeedsPapers(Refusal):
    """A step without the scans that belong to it."""

    zh = "“{step}”须附会议记录或照片"
    en = "{step} needs the scan of its minutes or photographs"


class StepNeedsPlace(Refusal):
    """A notice hangs somewhere."""

    zh = "“{step}”须写明公示地点和联系方式"
    en = "{step} needs the place of its notice and whom to call"


class SurveyMissing(Refusal):
    """The household has not been surveyed for this case."""

    status = 409
    zh = "农户{number}尚未完成入户调查"
    en = "household {number} has not been surveyed"


class ReasonNeeded(Refusal):
    """Refusing a household needs a reason."""

    zh = "农户{number}不通过须写明理由"
    en = "refusing household {number} needs a reason"


class RiskNotRemoved(Refusal):
    """Who is still at risk stays watched and is not on the sheet that ends the watching."""

    zh = "农户{number}风险未消除的，不列入本步骤名单"
    en = "household {number} is still at risk: leave it off this sheet"


class VoteMissing(Refusal):
    """A step that is decided by ballot without ballots, or ballots where nobody votes."""

    zh = "“{step}”的票数不对：{what_zh}"
    en = "ballots of {step}: {what_en}"


class VoteWithoutQuorum(Refusal):
    """Too few came."""

    zh = "应到{eligible}人，到会{present}人，不足{needed}人，会议无效"
    en = "{present} of {eligible} came; {needed} are needed"


class MoreBallotsThanVoters(Refusal):
    """More ballots than people."""

    zh = "农户{number}的票数{ballots}张多于到会{present}人"
    en = "{ballots} ballots for household {number}, with {present} present"


class MorePresentThanEligible(Refusal):
    """More people than have a vote."""

    zh = "到会{present}人多于应到{eligible}人"
    en = "{present} present, with {eligible} who have a vote"


class VoteSaysOtherwise(Refusal):
    """The result told is not the one of the ballots."""

    zh = "农户{number}同意{votes_for}票、到会{present}人，结果应为“{result_zh}”"
    en = "household {number}: {votes_for} for, {present} present: the result is {result_en}"


class PublicNoticeRuns(Refusal):
    """The list still hangs."""

    status = 409
    zh = "农户{number}的公示到{last}为止，期满后才能办下一步"
    en = "the notice of household {number} hangs until {last}"


class PublicNoticeEnded(Refusal):
    """An objection after the notice has ended."""

    status = 409
    zh = "公示已于{last}结束，不再受理对公示的异议"
    en = "the notice ended on {last}"


class NotOnPublicNotice(Refusal):
    """The household is on no notice."""

    status = 409
    zh = "农户{number}不在公示名单中"
    en = "household {number} is on no notice"


class CaseObjectionOpen(Refusal):
    """An objection waits for its answer."""

    status = 409
    zh = "对农户{number}的异议尚未答复"
    en = "an objection to household {number} waits for its answer"


class ObjectionDealtWith(Refusal):
    """An objection is answered once."""

    status = 409
    zh = "异议{objection}已经答复，或所涉事项已经办结"
    en = "objection {objection} is answered, or its case is at an end"


class WordsNeeded(Refusal):
    """Something that must be said is not."""

    zh = "须填写{what_zh}"
    en = "{what_en} is needed"


class ListRowsUnreadable(Refusal):
    """Lines of a file that cannot be read."""

    zh = "文件有{bad}行不合格：{first}"
    en = "{bad} lines of the file cannot be taken: {first}"


class CountsDoNotFit(Refusal):
    """More found wrong than were asked."""

    zh = "“{part_zh}”{part}多于“{whole_zh}”{whole}，或为负数"
    en = "{part_en} ({part}) exceeds {whole_en} ({whole}), or is negative"


class RoundNumberUsed(Refusal):
    """Two rounds by one number."""

    status = 409
    zh = "轮次编号{number}已经使用"
    en = "the number {number} belongs to another round"


class RoundDaysInvalid(Refusal):
    """A round that ends before it begins."""

    zh = "轮次的结束日须晚于开始日"
    en = "a round ends after it begins"


class VillageStandingSame(Refusal):
    """The village is that already."""

    status = 409
    zh = "{village}在{on}已是“{standing}”"
    en = "{village} is {standing} already on {on}"


class FigureAheadOfTheBooks(Refusal):
    """A figure or a finding dated after the business day."""

    zh = "“{what}”的日期{day}晚于账务日{on}"
    en = "{what}, of {day}, is after the business day {on}"


class PopulationInvalid(Refusal):
    """No people, or no source."""

    zh = "农村人口须为正整数，并写明来源"
    en = "a rural population is a whole number above zero, with its source"


class NoPovertyLine(Refusal):
    """No line is known for a year."""

    zh = "没有{year}年的贫困标准"
    en = "no poverty line is known for {year}"
