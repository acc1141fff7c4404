"""What pages and API do with dividends: the verb of every step of a round, and other deeds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

from enterprises import payment
from enterprises.dividends import declaring, funding, lifecycle, reading, surplus
from enterprises.dividends.declaring import Declared
from enterprises.dividends.funding import Funded
from enterprises.dividends.steps import agreement_of, state_of
from enterprises.dividends.surplus import Refund
from enterprises.payment.owed import DESK
from kernel.money import format_yuan
from web import dividend_view
from web.context import actor, house
from web.deeds import Deed
from web.linking_deeds import deed
from web.staged import Doing, Step, Way


def receive(funded: Funded) -> Deed:
    """Book what an enterprise paid into its pool."""
    return deed("funding_id", lambda one: funding.receive(one.session, funded, **one.plainly))


def ask_refund(refund: Refund) -> Deed:
    """Ask that a pool's surplus go back to the enterprise."""
    return deed("proposal_id", lambda one: surplus.ask_refund(one.session, refund, **one.plainly))


def ask_release(release: payment.Release) -> Deed:
    """Ask that a dividend nobody can have go back into the pool."""
    return deed("proposal_id", lambda one: payment.ask_release(one.session, release, **one.plainly))


def note_account(noted: payment.AccountNoted) -> Deed:
    """Note a household's account for a second person to confirm."""
    return deed(
        "proposal_id",
        lambda one: payment.note_account(
            one.session, noted, keyring=one.here.keyring, **one.plainly
        ),
    )


# --- the verbs ------------------------------------------------------------------------------------


def _declare(one: Doing) -> dict[str, Any]:
    row = declaring.declare(one.session, declared=Declared(**one.asked), **one.plainly)
    return {
        "version": row.version,
        "rows": row.rows,
        "amount": format_yuan(row.amount_fen),
        "cash": format_yuan(row.cash_fen),
        "reinvested": format_yuan(row.reinvested_fen),
    }


def _check(one: Doing) -> None:
    region = agreement_of(one.session, one.case["round_id"]).region_code
    conduct = one.here.rulebook.conduct(on=one.on, region=region)
    declaring.check(one.session, posted_on=one.asked["posted_on"], conduct=conduct, **one.plainly)


def _fund(one: Doing) -> None:
    funding.find_money(one.session, **one.plainly)


def _approve(one: Doing) -> None:
    funding.approve(one.session, **one.plainly)


def _return(one: Doing) -> None:
    declaring.return_round(one.session, reason=one.asked["reason"], **one.plainly)


def _file(one: Doing) -> dict[str, Any]:
    file_id = payment.make_file(
        one.session,
        encoding=one.asked["encoding"],
        ready_only=one.asked["ready_only"],
        keyring=one.here.keyring,
        **({"remark": one.asked["remark"]} if one.asked["remark"] else {}),
        **one.plainly,
    )
    return {"file_id": file_id}


def _discard(one: Doing) -> None:
    payment.discard(one.session, reason=one.asked["reason"], **one.plainly)


def _send(one: Doing) -> dict[str, Any]:
    return {"batch_no": payment.send(one.session, **one.plainly)}


def _receipt(one: Doing) -> None:
    payment.confirm_receipt(one.session, document_no=one.asked["document_no"], **one.plainly)


def _settle(one: Doing) -> dict[str, Any]:
    return {"round_id": declaring.settle_prepaid(one.session, **one.plainly)}


STEPS: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "declare": Step("enterprises.declare", "申报分红", "已申报分红", _declare),
        "check": Step("enterprises.check", "村级核对", "已核对", _check),
        "fund": Step("enterprises.fund", "确认资金到位", "已确认资金到位", _fund),
        "approve": Step("enterprises.approve", "审批", "已审批", _approve),
        "return": Step("enterprises.return", "退回", "已退回，待重新申报", _return),
        "file": Step("enterprises.pay", "制付款文件", "已制付款文件", _file),
        "discard": Step("enterprises.pay", "付款文件作废", "付款文件已作废", _discard),
        "send": Step("enterprises.send", "送银行", "已送银行", _send),
        "receipt": Step("enterprises.receipt", "登记签收", "已登记签收", _receipt),
        "settle": Step("enterprises.declare", "结算预付分红", "已生成结算期次", _settle),
    }
)
#: name of a move of the lifecycle -> the step that takes it
STEP_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "approve_kept": "approve",
        "discard_again": "discard",
        "answer": "bank-return",
        "answer_in_part": "bank-return",
    }
)


def _paid_by(session: Session, round_id: int, nr: int, **asked: int) -> Any:
    by = actor()
    dividend_view.seen(session, round_id, by)
    file = reading.file_of(session, round_id, nr, by=by)
    return file, reading.payments(session, file.id, keyring=house().keyring, by=by, **asked)


WAY: Final = Way(
    noun="round",
    room="enterprises",
    path="/enterprises/dividends/<int:round_id>",
    steps=STEPS,
    titles=lifecycle.TITLES,
    state_of=state_of,
    desk=DESK,
    file_content=payment.file_content,
    book_answer=payment.take_answer,
    paid_by=_paid_by,
)
