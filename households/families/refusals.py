"""What families may not do, one class each."""

from __future__ import annotations

from kernel.refusals import Refusal


class FamilyEventAhead(Refusal):
    """An event after the open day, or before those who lived it were in the household."""

    zh = "变动日期{day}须在{earliest}至账务日{on}之间"
    en = "{day} does not fit: it lies between {earliest} and the business day {on}"


class FindingAfterTheEvent(Refusal):
    """The household was found to be something later than the event that ends or divides it."""

    status = 409
    zh = "该户自{from_on}起已认定为“{status}”，变动日期不能早于这一天"
    en = "the household was found to be {status} from {from_on}: this cannot have happened before"


class HouseholdClosed(Refusal):
    """The household is no more."""

    status = 409
    zh = "农户{number}自{from_on}起已自然减少，不再登记变动"
    en = "household {number} is no more since {from_on}: nothing is recorded of it any longer"


class NotAMember(Refusal):
    """Somebody who does not belong to the household on the day."""

    status = 409
    zh = "第{person}号成员在{on}不在该户"
    en = "person {person} is not in the household on {on}"


class MemberNamedTwice(Refusal):
    """One person twice in one event."""

    zh = "第{person}号成员填了两次"
    en = "person {person} stands there twice"


class HeadNeedsSuccessor(Refusal):
    """The head leaves, and nobody is named to come after."""

    zh = "户主离户，须指定新户主"
    en = "the head leaves: name who comes after"


class HeadUnchanged(Refusal):
    """The new head is the head."""

    status = 409
    zh = "该成员已是户主"
    en = "that member is the head already"


class RelationMissing(Refusal):
    """Under a new head everybody's relation is told anew."""

    zh = "须填第{person}号成员与新户主的关系"
    en = "the relation of person {person} to the new head is missing"


class HeadHasOneRelation(Refusal):
    """The head is 户主, and nobody else is."""

    zh = "只有户主的关系填“户主”"
    en = "the head, and nobody else, is the head"


class NobodyStays(Refusal):
    """A split that takes everybody: that is no split."""

    zh = "分户后原户须至少留一人"
    en = "somebody stays in a household that splits"


class NobodyGoes(Refusal):
    """A split that takes nobody."""

    zh = "分户须至少有一人分出"
    en = "somebody goes when a household splits"


class HouseholdNumberTaken(Refusal):
    """The number of the new household is another's."""

    status = 409
    zh = "户编号{number}已有农户使用"
    en = "the number {number} is another household's"


class MergesWithItself(Refusal):
    """A household and itself."""

    zh = "农户不能与自己并户"
    en = "a household does not merge with itself"


class IdentityUnchanged(Refusal):
    """The corrected number is the number."""

    status = 409
    zh = "更正后的身份证号与原号相同"
    en = "the corrected number is the number that stands"


class IdentityTaken(Refusal):
    """The corrected number is that of another person on the register."""

    status = 409
    zh = "该身份证号在名册上属于另一人"
    en = "that identity number is another person's on the register"


class NewbornTooOld(Refusal):
    """Born on another day than the birth."""

    zh = "身份证号的出生日期{born_on}与出生日期{day}不符"
    en = "the number says born on {born_on}, the birth was on {day}"


class SharesNoCaps(Refusal):
    """The household shares its caps with nobody that it split from."""

    status = 409
    zh = "农户{number}没有与原户合并计算的额度"
    en = "household {number} shares its caps with no household that it came from"


class OwnLimitAsked(Refusal):
    """The question is before a second person already."""

    status = 409
    zh = "农户{number}单独核算额度的申请尚待审批"
    en = "limits of its own for household {number} wait for a decision already"


class OwnLimitUnfounded(Refusal):
    """Limits of its own need a reason and a document."""

    zh = "单独核算额度须填写理由和文件"
    en = "limits of one's own need a reason and a document"
