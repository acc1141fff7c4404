"""What pages and API do with claims: the verb of every step, and what else is done to one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

import ledger
from kernel.money import format_yuan
from subsidies import claims, lifecycle, payment
from subsidies.payment import reading
from subsidies.payment.owed import DESK
from web.context import actor, house
from web.deeds import Deed
from web.staged import Doing, Step, Way


def draft(asked: Mapping[str, Any]) -> Deed:
    """Draft a claim for a period, or the next version of one."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        claim_id = claims.draft(
            session, rulebook=here.rulebook, calendar=here.calendar, on=on, by=by, **asked
        )
        return WAY.standing(session, claim_id, on)

    return work


def answer_objection(objection_id: int, *, upheld: bool, words: str) -> Deed:
    """Answer an objection."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        claim_id = claims.answer(
            session, objection_id=objection_id, upheld=upheld, words=words, on=on, by=by
        )
        return WAY.standing(session, claim_id, on)

    return work


# --- the verbs ------------------------------------------------------------------------------------


def _rules(one: Doing) -> dict[str, Any]:
    return {"rulebook": one.here.rulebook, "calendar": one.here.calendar}


def _check(one: Doing) -> None:
    claims.check_claim(one.session, **one.plainly)


def _submit(one: Doing) -> None:
    claims.submit(one.session, **_rules(one), **one.plainly)


def _withdraw(one: Doing) -> None:
    claims.withdraw(one.session, reason=one.asked["reason"], **one.plainly)


def _recompute(one: Doing) -> dict[str, Any]:
    found = claims.recompute_claim(one.session, **one.plainly)
    return {"total": format_yuan(found.total_fen), "differing": len(found.differing)}


def _confirm(one: Doing) -> None:
    claims.confirm(one.session, reason=one.asked["reason"], **one.plainly)


def _notice(one: Doing) -> dict[str, Any]:
    number = claims.post_notice(
        one.session,
        place=one.asked["place"],
        number=one.asked["number"],
        rulebook=one.here.rulebook,
        **one.plainly,
    )
    return {"number": number}


def _object(one: Doing) -> dict[str, Any]:
    return {"objection_id": claims.object_to(one.session, **one.asked, **one.plainly)}


def _approve(one: Doing) -> None:
    claims.approve(one.session, **_rules(one), **one.plainly)


def _return(one: Doing) -> None:
    claims.return_claim(one.session, reason=one.asked["reason"], **one.plainly)


def _file(one: Doing) -> dict[str, Any]:
    lines = [payment.FromLine(**line) for line in one.asked["lines"]]
    file_id = payment.make_file(
        one.session,
        lines=lines or None,
        encoding=one.asked["encoding"],
        remark=one.asked["remark"],
        ready_only=one.asked["ready_only"],
        rulebook=one.here.rulebook,
        keyring=one.here.keyring,
        **one.plainly,
    )
    return {"file_id": file_id}


def _send(one: Doing) -> dict[str, Any]:
    return {"batch_no": payment.send(one.session, rulebook=one.here.rulebook, **one.plainly)}


def _discard(one: Doing) -> None:
    payment.discard(one.session, reason=one.asked["reason"], **one.plainly)


def _receipt(one: Doing) -> None:
    payment.confirm_receipt(
        one.session,
        channel=one.asked["channel"],
        voucher_no=one.asked["voucher_no"],
        **one.plainly,
    )


STEPS: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "check": Step("subsidies.check", "复核", "已复核", _check),
        "submit": Step("subsidies.submit", "申报", "已申报", _submit),
        "withdraw": Step("subsidies.withdraw", "撤回", "已撤回", _withdraw),
        "recompute": Step("subsidies.recompute", "复算", "已复算", _recompute),
        "confirm": Step("subsidies.confirm", "审核", "已审核", _confirm),
        "notice": Step("subsidies.notice", "公示", "已公示", _notice),
        "object": Step("subsidies.object", "登记异议", "已登记异议", _object),
        "approve": Step("subsidies.approve", "核准", "已核准", _approve),
        "return": Step("subsidies.return", "退回", "已退回申报机构", _return),
        "file": Step("subsidies.pay", "制付款文件", "已制付款文件", _file),
        "discard": Step("subsidies.pay", "付款文件作废", "付款文件已作废", _discard),
        "send": Step("subsidies.send", "送银行", "已送银行", _send),
        "receipt": Step("subsidies.receipt", "确认收到", "已确认收到", _receipt),
    }
)


def _paid_by(session: Session, claim_id: int, nr: int, **asked: int) -> Any:
    file = reading.file_of(session, claim_id, nr, by=actor())
    return file, reading.payments(session, file, keyring=house().keyring, **asked)


WAY: Final = Way(
    noun="claim",
    room="subsidies",
    path="/subsidies/claims/<int:claim_id>",
    steps=STEPS,
    titles=lifecycle.TITLES,
    state_of=claims.state_of,
    desk=DESK,
    file_content=payment.file_content,
    book_answer=payment.take_answer,
    paid_by=_paid_by,
)
