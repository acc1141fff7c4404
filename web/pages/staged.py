"""Pages of cases that go through stages: a form for each step, the bank's files and its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kernel.refusals import Refusal
from office.bank_answers import read_answer
from office.payment_files import REASONS as BANK_REASONS
from office.payouts import AccountNoted
from web import exports, uploads
from web.access import needs
from web.bank_answers import template_of
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms
from web.staged import Way
from web.words import t

PAGE: Final = 100
REASONS: Final = {code: zh for code, (zh, _en) in BANK_REASONS.items()}
RESULTS: Final = {"paid": "已付", "returned": "退票"}


@dataclass(frozen=True, slots=True)
class Pages:
    """A kind of case on its pages."""

    way: Way
    #: endpoint of one
    one: str
    #: the page of one, with a refusal on top
    again: Callable[..., ResponseReturnValue]

    def done(self, found: Mapping[str, Any], said: str) -> ResponseReturnValue:
        """What a deed came to is said on the page of its case."""
        flash(said)
        return redirect(url_for(self.one, **{self.way.key: found[self.way.key]}))


def typed_account(payee_kind: str, payee_id: int) -> AccountNoted:
    """A payee's account as it was typed."""
    typed = {
        name: request.form.get(name, "").strip()[:longest]
        for name, longest in (("holder", 60), ("number", 40), ("bank", 60), ("reason", 200))
    }
    return AccountNoted(payee_kind, payee_id, **typed)


def offer_steps(
    blueprint: Blueprint, pages: Pages, typed: Mapping[str, Callable[[], dict[str, Any]]]
) -> None:
    """The forms of all steps; ``typed``: step -> what is read from its form."""
    for name in pages.way.steps:
        _offer(blueprint, pages, name, typed.get(name, dict))


def _offer(
    blueprint: Blueprint, pages: Pages, name: str, typed: Callable[[], dict[str, Any]]
) -> None:
    way, step = pages.way, pages.way.steps[name]

    def view(**case: int) -> ResponseReturnValue:
        def act() -> ResponseReturnValue:
            deed = way.take(name, case[way.key], typed())
            found = once(step.command, deed, key=forms.sent_key(), body=forms.body())
            return pages.done(found, t(step.done))

        return forms.attempt(act, lambda refused: pages.again(case[way.key], refused))

    view.__name__ = f"take_{name}"
    blueprint.post(f"{way.path}/{name}")(needs(step.command)(view))


def offer_files(blueprint: Blueprint, pages: Pages, template: str) -> None:
    """The files of a case for the bank, their rows as a page of this template, the answers."""
    _offer_contents(blueprint, pages.way)
    _offer_rows(blueprint, pages.way, template)
    _offer_answer(blueprint, pages)


def _offer_contents(blueprint: Blueprint, way: Way) -> None:
    def content(form: str, **case: int) -> ResponseReturnValue:
        """The file for the bank, with whole numbers of accounts."""
        with reading() as session:
            name, found = way.file_content(
                session, keyring=house().keyring, by=actor(), form=form, **case
            )
        return exports.send_file_of(name, found)

    def answer_template(**case: int) -> ResponseReturnValue:
        """An answer to the file for a bank that gives none: results are filled in by hand."""
        with reading() as session:
            name, found = way.file_content(session, keyring=house().keyring, by=actor(), **case)
            encoding = way.desk.file_of(session, case[way.key]).encoding
        batch_no = name.removesuffix(".csv")
        return exports.send_file_of(f"{batch_no}-回盘.csv", template_of(found, encoding))

    mark = needs(f"{way.room}.pay")
    blueprint.get(f"{way.path}/payment.<any(csv, txt):form>")(mark(content))
    blueprint.get(f"{way.path}/bank-return.csv")(mark(answer_template))


def _offer_rows(blueprint: Blueprint, way: Way, template: str) -> None:
    def rows(nr: int, **case: int) -> ResponseReturnValue:
        """A payment file, row by row, accounts masked."""
        after = row_id(request.args.get("after"))
        with reading() as session:
            file, found = way.paid_by(session, case[way.key], nr, after_nr=after, limit=PAGE + 1)
        return forms.page(
            template,
            file=file,
            rows=found[:PAGE],
            following=found[PAGE - 1].nr if len(found) > PAGE else None,
            results=RESULTS,
            reasons=REASONS,
        )

    blueprint.get(f"{way.path}/files/<int:nr>")(needs(f"{way.room}.read")(rows))


def _offer_answer(blueprint: Blueprint, pages: Pages) -> None:
    way, command = pages.way, f"{pages.way.room}.bank_return"

    def take_answer(**case: int) -> ResponseReturnValue:
        """Take in the bank's answer; its faults are shown line by line."""
        case_id, faults = case[way.key], list[dict[str, object]]()

        def act() -> ResponseReturnValue:
            with uploads.received() as upload:
                answer = read_answer(upload.path, name=upload.name)
            faults.extend(fault.as_dict() for fault in answer.faults)
            deed = way.take_answer(case_id, answer)
            sent = [case_id, answer.sha256]
            found = once(command, deed, key=forms.sent_key(), body=sent)
            paid, returned = found["paid"], found["returned"]
            return pages.done(
                found, t("银行已付{paid}元，退票{returned}元", paid=paid, returned=returned)
            )

        def again(refused: Refusal) -> ResponseReturnValue:
            return pages.again(case_id, refused, faults=faults)

        return forms.attempt(act, again)

    blueprint.post(f"{way.path}/bank-return")(needs(command)(take_answer))
