"""The lists of changes as files: one form for each kind, its columns, and what a cell may say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kernel.identity import mask_identity
from loans.cells import day, identity, months, number, one_of, words
from loans.changes.asked import KINDS, WHYS, ChangeAsked
from loans.forms import EXCEPTION, METHOD_TITLES, RHYTHMS, Column, Form
from loans.grading import GRADE_NAMES
from loans.refusals import LoanTwiceOnSheet

_NUMBER: Final = Column("number", "合同号", number, aliases=("合同编号",), width=18)
_REASON: Final = Column("reason", "理由", words, aliases=("变更理由", "原因"), width=28)
_VALUE_DATE: Final = Column(
    "value_date",
    "生效日（选填）",
    day,
    needed=False,
    aliases=("生效日", "起息日"),
    note="不填为审批当日；可早于当日，按该日重算",
)
_MATURITY: Final = Column(
    "matures_on", "新到期日", day, aliases=("展期到期日", "延期至", "到期日"), note="如2020-09-30"
)
_METHOD: Final = Column(
    "method",
    "还款方式",
    one_of(METHOD_TITLES, {}),
    choices=tuple(METHOD_TITLES.values()),
    width=20,
)
_RHYTHM: Final = Column(
    "every_months",
    "结息周期（月）",
    months(0),
    needed=False,
    aliases=("还款周期",),
    note="不填：按期付息为3，分期还款为1，到期一次还本付息为0",
)
_EVIDENCE: Final = Column("evidence", "证据", words, note="认定挪用的依据", width=28)
_WHY: Final = Column(
    "why",
    "停止原因",
    one_of(WHYS, {}),
    aliases=("原因类别",),
    choices=tuple(WHYS.values()),
    note="弄虚作假的，生效日可早至放款日，按该日全部重算",
)
_GRADE: Final = Column(
    "grade",
    "调整为",
    one_of({str(key): title for key, title in GRADE_NAMES.items()}, {}),
    aliases=("分类",),
    choices=tuple(GRADE_NAMES.values()),
    note="只能比规则分类更差；正常为取消调整",
)
_BORROWER: Final = Column(
    "borrower_identity",
    "新借款人身份证号",
    identity,
    aliases=("身份证号",),
    note="须为同户的在册成员",
    width=22,
    mask=mask_identity,
)
#: kind -> its own columns, beside contract, reason and exception
_OWN: Final[Mapping[str, tuple[Column, ...]]] = {
    "extension": (_MATURITY, _VALUE_DATE),
    "deferral": (_MATURITY, _VALUE_DATE),
    "plan": (_METHOD, _RHYTHM, _VALUE_DATE),
    "misuse": (_EVIDENCE, _VALUE_DATE),
    "unsubsidised": (_WHY, _VALUE_DATE),
    "write_off": (),
    "grade": (_GRADE,),
    "borrower": (_BORROWER,),
}


def _asked(values: Mapping[str, Any]) -> ChangeAsked:
    given = dict(values)
    if "grade" in given:
        given["grade"] = int(given["grade"])
    if given.get("method") and given["every_months"] is None:
        given["every_months"] = RHYTHMS[given["method"]]
    return ChangeAsked(**given)


def _again(values: Mapping[str, Any]) -> LoanTwiceOnSheet:
    return LoanTwiceOnSheet(field="合同号", number=values["number"])


_ONCE: Final[tuple[tuple[tuple[str, ...], str, Callable[[Mapping[str, Any]], Any]], ...]] = (
    (("number",), "合同号", _again),
)

#: kind -> the list of it
FORMS: Final[Mapping[str, Form[ChangeAsked]]] = {
    kind: Form(
        kind,
        f"{KINDS[kind]}清单",
        (_NUMBER, *own, _REASON, EXCEPTION),
        _asked,
        _ONCE,
    )
    for kind, own in _OWN.items()
}
