"""What is refused when an organisation is recognised, pledges, or stands in a chain."""

from __future__ import annotations

from kernel.refusals import Refusal


class OrganisationCannotLink(Refusal):
    """Enterprises and co-operatives link up with households; nobody else does."""

    zh = "{name}不是企业或农民专业合作社，不能认定为扶贫经营组织"
    en = "{name} is neither an enterprise nor a co-operative and cannot be recognised"


class OperatingTooShort(Refusal):
    """It has not worked long enough."""

    zh = "{name}正常经营满{years}年，认定须满{minimum}年"
    en = "{name} has worked for {years} full years; {minimum} are needed to be recognised"


class EnterpriseNotLocal(Refusal):
    """It is registered elsewhere."""

    zh = "{name}不在本县注册，不能认定"
    en = "{name} is not registered in the county and cannot be recognised"


class RecognitionDaysWrong(Refusal):
    """A recognition begins after it worked, and ends after it begins."""

    zh = "认定期限不对：自{from_on}起，至{last_on}（含）止，{operating_since}开始经营"
    en = (
        "a recognition from {from_on} through {last_on}, working since {operating_since}, cannot be"
    )


class RecognitionOverlaps(Refusal):
    """One recognition at a time for the same project."""

    status = 409
    zh = "{name}在此期间已有认定（{document_no}）"
    en = "{name} is recognised for these days already ({document_no})"


class RecognitionVillageWrong(Refusal):
    """A recognised village is a village of this county."""

    zh = "{village}不是本县的村"
    en = "{village} is no village of this county"


class RecognitionNotGranted(Refusal):
    """Only what was granted, and not taken back, can be taken back."""

    status = 409
    zh = "此认定未获批准或已取消"
    en = "the recognition was never granted, or is withdrawn already"


class EnterpriseReasonMissing(Refusal):
    """Passing a rule in principle, taking back, releasing, ending and leaving need a reason."""

    zh = "须写明理由"
    en = "a reason is needed"


class EnterpriseDocumentMissing(Refusal):
    """No document, no recognition, pledge or framework."""

    zh = "须填写文件编号"
    en = "the number of the document is needed"


class CounterSecurityIncomplete(Refusal):
    """A pledge says what it is and what it is worth."""

    zh = "反抵押须写明抵押物和大于零的评估价值"
    en = "a counter-security says what it is, and a value above zero"


class CounterSecurityReleased(Refusal):
    """It is given back once, and not before it began."""

    status = 409
    zh = "此反抵押已于{released_on}解除"
    en = "the counter-security was released on {released_on}"


class CounterSecurityInUse(Refusal):
    """While loans are stakes, a county that asks for a counter-security keeps one."""

    status = 409
    zh = "{name}还有用贷款入股的协议，不能解除最后一项反抵押"
    en = "{name} still holds stakes that are loans: its last counter-security stays"


class ChainNameTaken(Refusal):
    """An enterprise names each of its chains differently."""

    status = 409
    zh = "{name}已有同名的产业链条“{chain}”"
    en = "{name} has a chain named {chain!r} already"


class ChainIncomplete(Refusal):
    """A chain has a name, a product and a way of selling it."""

    zh = "产业链条须写明名称、产品和销售渠道"
    en = "a chain has a name, a product and a sales channel"


class ChainEnded(Refusal):
    """It ends once, and not before it began."""

    status = 409
    zh = "产业链条“{chain}”已终止或尚未开始"
    en = "the chain {chain!r} has ended already, or has not begun"


class FrameworkNameTaken(Refusal):
    """One framework agreement for each name."""

    status = 409
    zh = "已有同名的框架协议“{name}”"
    en = "there is a framework agreement named {name!r} already"


class FrameworkIncomplete(Refusal):
    """A name, days in order, an amount, and institutions, each once."""

    zh = "框架协议须有名称、先后正确的日期、大于零的金额和不重复的签约机构"
    en = "a framework agreement has a name, days in order, an amount, and institutions, each once"
