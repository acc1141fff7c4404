"""What pages and API do with claims: every step one unit of work, with a plain answer.

``STEPS`` is the table of all that can be done to a claim: the right it takes, what it asks, the
verb of the room. A page and a route of the API are made of each row, so that the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from kernel.actor import Actor
from kernel.money import format_yuan
from subsidies import claims, lifecycle, payment
from web.context import actor, house
from web.deeds import Deed


@dataclass(frozen=True, slots=True)
class Doing:
    """A step as somebody takes it: with what they typed."""

    session: Session
    here: House
    claim_id: int
    asked: Mapping[str, Any]
    on: date
    by: Actor

    @property
    def plainly(self) -> dict[str, Any]:
        """What every verb takes."""
        return {"claim_id": self.claim_id, "on": self.on, "by": self.by}

    @property
    def by_the_rules(self) -> dict[str, Any]:
        """The same, with rules and holidays."""
        return self.plainly | {"rulebook": self.here.rulebook, "calendar": self.here.calendar}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be done to a claim."""

    command: str
    title: str
    #: what is said when it is done
    done: str
    verb: Callable[[Doing], dict[str, Any] | None]


def take(name: str, claim_id: int, asked: Mapping[str, Any]) -> Deed:
    """Take the step of that name."""
    by, here, step = actor(), house(), STEPS[name]

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        found = step.verb(Doing(session, here, claim_id, asked, on, by))
        return _standing(session, claim_id, on) | (found or {})

    return work


def draft(asked: Mapping[str, Any]) -> Deed:
    """Draft a claim for a period, or the next version of one."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        claim_id = claims.draft(
            session, rulebook=here.rulebook, calendar=here.calendar, on=on, by=by, **asked
        )
        return _standing(session, claim_id, on)

    return work


def answer_objection(objection_id: int, *, upheld: bool, words: str) -> Deed:
    """Answer an objection."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        claim_id = claims.answer(
            session, objection_id=objection_id, upheld=upheld, words=words, on=on, by=by
        )
        return _standing(session, claim_id, on)

    return work


def take_answer(claim_id: int, answer: payment.AnswerFile) -> Deed:
    """Book the bank's answer to a claim's payment file."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        booked = payment.take_answer(
            session, claim_id=claim_id, answer=answer, keyring=here.keyring, on=on, by=by
        )
        return _standing(session, claim_id, on) | {
            "paid": format_yuan(booked.paid_fen),
            "returned": format_yuan(booked.returned_fen),
        }

    return work


def _standing(session: Session, claim_id: int, on: date) -> dict[str, Any]:
    state = claims.state_of(session, claim_id)
    return {
        "claim_id": claim_id,
        "state": state,
        "state_title": lifecycle.TITLES[state][0],
        "on": on.isoformat(),
    }


# --- the verbs ------------------------------------------------------------------------------------


def _check(one: Doing) -> None:
    claims.check_claim(one.session, **one.plainly)


def _submit(one: Doing) -> None:
    claims.submit(one.session, **one.by_the_rules)


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
    claims.approve(one.session, **one.by_the_rules)


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
