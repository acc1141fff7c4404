"""The rules of the register of legal persons that say no, one class each."""

from __future__ import annotations

from kernel.refusals import Refusal


class OrganisationKindUnknown(Refusal):
    """Not one of the kinds."""

    zh = "没有“{kind}”这类机构"
    en = "there is no kind of organisation called {kind!r}"


class OrganisationNameInvalid(Refusal):
    """No name, or one too long."""

    zh = "机构名称须为2至100字"
    en = "an organisation's name has 2 to 100 characters"


class CreditCodeTaken(Refusal):
    """Another organisation has this unified social credit code."""

    status = 409
    zh = "统一社会信用代码已由“{name}”登记"
    en = "{name!r} is registered under this unified social credit code"


class ParentClosed(Refusal):
    """A branch of what no longer exists."""

    status = 409
    zh = "上级机构“{name}”已于{closed_on}停止"
    en = "the parent {name!r} was closed on {closed_on}"


class ParentIsBelow(Refusal):
    """A parent that is the organisation itself or one of its branches."""

    zh = "上级机构不能是自己或自己的下级"
    en = "the parent cannot be the organisation itself or one of its branches"


class OrganisationClosed(Refusal):
    """Not open on the day."""

    status = 409
    zh = "“{name}”在{on}不处于开办状态"
    en = "{name!r} is not open on {on}"


class OrganisationNotLender(Refusal):
    """An organisation of another kind where a lender is needed."""

    zh = "“{name}”不是银行业金融机构"
    en = "{name!r} is not a lender"


class OrganisationDaysInvalid(Refusal):
    """Opened ahead of the books, or closed before it opened."""

    zh = "日期有误：开办日{opened_on}，停止日{closed_on}，账务日{on}"
    en = "wrong days: opened {opened_on}, closed {closed_on}, books at {on}"
