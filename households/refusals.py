"""The rules of the register of households that say no, one class each.

The first part are findings about a row of a file; their code stands in the annotated workbook.
"""

from __future__ import annotations

from kernel.refusals import Refusal


class ValueMissing(Refusal):
    """A cell that must be filled is blank."""

    zh = "“{title}”不能为空"
    en = "{title} must not be blank"


class ValueTooLong(Refusal):
    """A text longer than the column takes."""

    zh = "“{title}”超过{limit}个字"
    en = "{title} has more than {limit} characters"


class ValueNotInList(Refusal):
    """A word that is not one of the form's answers."""

    zh = "“{title}”只能填：{choices}"
    en = "{title} must be one of: {choices}"


class NotYesOrNo(Refusal):
    """Neither yes nor no."""

    zh = "“{title}”只能填 是 或 否"
    en = "{title} must be answered yes or no"


class NotWholeNumber(Refusal):
    """Not a whole number in its bounds."""

    zh = "“{title}”须为{low}至{high}的整数"
    en = "{title} must be a whole number from {low} to {high}"


class DateMalformed(Refusal):
    """Not a date."""

    zh = "“{title}”须为日期，如 2014-12-01"
    en = "{title} must be a date such as 2014-12-01"


class AmountNegative(Refusal):
    """An income or cost below zero."""

    zh = "“{title}”不能为负数"
    en = "{title} must not be negative"


class AmountNotNumeric(Refusal):
    """An amount that is no plain decimal with at most two places."""

    zh = "“{title}”须为数字（元），最多两位小数，不带千分号和单位"
    en = "{title} must be a plain number of yuan with at most two decimals"


class IncomeDoesNotAddUp(Refusal):
    """The four kinds of income do not add up to the total, or total less cost is not the net."""

    zh = "收入不平：{what}"
    en = "the incomes do not add up: {what}"


class NameInvalid(Refusal):
    """A name with digits, or with none of the characters of a name."""

    zh = "姓名只能含汉字、字母和间隔号，2至30字"
    en = "a name has 2 to 30 Chinese characters, letters or middle dots"


class HouseholdNumberInvalid(Refusal):
    """A household's number in the wrong form."""

    zh = "户编号须为1至32位字母、数字或连字符"
    en = "a household's number has 1 to 32 letters, digits or hyphens"


class SexContradictsNumber(Refusal):
    """The sex told is not the one in the identity number."""

    zh = "性别与身份证号第17位不符"
    en = "the sex differs from the one in the identity number"


class BirthDateContradictsNumber(Refusal):
    """The birth date told is not the one in the identity number."""

    zh = "出生日期与身份证号不符"
    en = "the birth date differs from the one in the identity number"


class BornAfterTheDay(Refusal):
    """Born in the future."""

    zh = "出生日期晚于账务日"
    en = "the birth date is after the business day"


class VillageUnclear(Refusal):
    """Neither a code nor a name of a village."""

    zh = "须填村代码，或乡镇和村名"
    en = "a village's code, or the names of township and village, are needed"


class VillageCodeUnknown(Refusal):
    """A code that is no village's of this county."""

    zh = "村代码{region}不是本县的村"
    en = "{region} is not the code of a village of this county"


class VillageOutOfScope(Refusal):
    """A village outside the importing person's scope."""

    zh = "该村不在经办人的管辖范围内"
    en = "the village is outside the scope of the person who imports"


class VillageNameContradictsCode(Refusal):
    """Code and name say different villages."""

    zh = "村名与村代码不符（代码为{name}）"
    en = "name and code of the village differ (the code is that of {name})"


class VillageNameUnanswered(Refusal):
    """An old village name whose successor is still a question."""

    status = 409
    zh = "不认识的村名，待确认承接村：{proposal}"
    en = "an unknown village name; its successor must be confirmed: {proposal}"


class PersonTwiceInFile(Refusal):
    """The same identity number on two lines of the file."""

    zh = "同一身份证号在第{other}行再次出现"
    en = "the same identity number stands on line {other} too"


class PersonInAnotherHousehold(Refusal):
    """The person is a present member of another household."""

    status = 409
    zh = "此人已在{village}另一户（户编号{number}）"
    en = "the person is in another household ({number}, {village})"


class IdentityWasCorrected(Refusal):
    """A file brings back a number that was found to be wrong."""

    status = 409
    zh = "该身份证号已于{on}更正，名册不再使用旧号"
    en = "this number was corrected on {on}: the register no longer uses the old one"


class HeadMissing(Refusal):
    """A household without a head."""

    zh = "该户没有户主行"
    en = "the household has no head"


class HeadTwice(Refusal):
    """A household with two heads."""

    zh = "该户有两个户主（另见第{other}行）"
    en = "the household has two heads (see line {other})"


class HouseholdColumnOnMember(Refusal):
    """Household columns belong on the head's row."""

    zh = "“{title}”属户级信息，只填在户主行"
    en = "{title} belongs to the household and stands on the head's row only"


class MemberInAnotherVillage(Refusal):
    """A member's row names another village than the head's."""

    zh = "成员行的村与户主行不同"
    en = "the member's row names another village than the head's"


class RegisteredAfterTheDay(Refusal):
    """A registration, exit or monitoring ahead of the books."""

    zh = "“{title}”晚于账务日{on}"
    en = "{title} is after the business day {on}"


class StatusDatesOutOfOrder(Refusal):
    """Lifted out before being registered."""

    zh = "脱贫日期早于建档日期"
    en = "lifted out before being registered"


class ImportHasBadRows(Refusal):
    """An import with bad rows applies nothing unless told to take the good households."""

    status = 409
    zh = "有{bad}户不合格，未导入任何数据；改正后重导，或只收合格户"
    en = "{bad} households are refused; nothing was imported: correct them, or accept the good ones"


class ImportNotStaged(Refusal):
    """Applying what is not there, not judged, or applied already."""

    status = 409
    zh = "该批次不能入库：状态为{state}"
    en = "this import cannot be applied: its state is {state}"


class VillageAnswerInvalid(Refusal):
    """An answer to an old village name that names no village of the county."""

    zh = "旧村名“{name}”的答复{region}不是本县的村代码"
    en = "the answer {region} for the old village {name!r} is not a village of the county"


class StatusAlreadySo(Refusal):
    """The household is that already."""

    status = 409
    zh = "农户{number}在{on}已是“{status}”"
    en = "household {number} is {status} already on {on}"


class PersonLeftAlready(Refusal):
    """The person is no longer in the household."""

    status = 409
    zh = "此人已于{left_on}离户"
    en = "the person left the household on {left_on}"


class HouseholdSheetHasFaults(Refusal):
    """A sheet about households with faults is taken in not at all."""

    status = 409
    zh = "清单有{count}处错误，未收；改正后重新上传：{first}"
    en = "the sheet has {count} faults and was not taken in; correct it: {first}"


class HouseholdSheetEmpty(Refusal):
    """A sheet about households without a row."""

    zh = "清单没有一行数据"
    en = "the sheet has no rows"


class FamilyJustChanged(Refusal):
    """The family line grew while this waited for it."""

    status = 409
    zh = "该家庭刚刚分户或并户，请重试"
    en = "the family has just split or merged: try again"
