"""Cases that go through stages over the API: a route for each step, files, the bank's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import Schema

from office.bank_answers import read_answer
from web import uploads
from web.api import paging
from web.api.lending_schemas import NoForm
from web.api.routes import Routes, do_once
from web.context import actor, house, reading
from web.exports import send_file_of
from web.staged import Way


def offer_steps(
    routes: Routes, way: Way, bodies: Mapping[str, type[Schema] | None], answers: type[Schema]
) -> None:
    """The routes of all steps; ``bodies``: step -> what it asks, None: nothing."""
    assert set(bodies) == set(way.steps)
    for name, body in bodies.items():
        _offer(routes, way, name, body, answers)


def _offer(
    routes: Routes, way: Way, name: str, body: type[Schema] | None, answers: type[Schema]
) -> None:
    step = way.steps[name]

    def view(*given: dict[str, Any], **case: int) -> dict[str, Any]:
        asked, case_id = given[0] if given else {}, case[way.key]
        sent = [name, case_id, request.get_json(silent=True)]
        return do_once(step.command, way.take(name, case_id, asked), body=sent)

    view.__name__ = f"take_{name}"
    view.__doc__ = f"{step.title}。Take the step “{name}” of a {way.noun}."
    declare = routes.post(
        f"{way.path}/{name}",
        command=step.command,
        body=body,
        answers=answers,
        status=201,
        keyed=True,
    )
    declare(view)


def offer_files(
    routes: Routes, way: Way, *, form: type[Schema], row: type[Schema], answers: type[Schema]
) -> None:
    """The files of a case for the bank, their rows, the bank's answers."""
    _offer_rows(routes, way, row)
    _offer_content(routes, way, form)
    _offer_answer(routes, way, answers)


def _offer_rows(routes: Routes, way: Way, row: type[Schema]) -> None:
    @routes.get(
        f"{way.path}/files/<int:nr>/rows",
        command=f"{way.room}.read",
        query=paging.PageQuery,
        answers=paging.page_of(row),
    )
    def payments(query: dict[str, Any], nr: int, **case: int) -> dict[str, Any]:
        """付款文件明细，账号只显示末四位。Rows of a payment file, accounts masked."""
        limit, after = query["limit"], paging.after(query.get("cursor"))
        with reading() as session:
            _, found = way.paid_by(session, case[way.key], nr, after_nr=after, limit=limit + 1)
        return paging.page(found, limit, found[limit - 1].nr if len(found) > limit else None)


def _offer_content(routes: Routes, way: Way, form: type[Schema]) -> None:
    @routes.get(
        f"{way.path}/payment-file",
        command=f"{way.room}.pay",
        query=form,
        media="application/octet-stream",
    )
    def content(query: dict[str, Any], **case: int) -> Response:
        """下载付款文件（含完整账号，送银行）。The file for the bank, with whole account numbers."""
        with reading() as session:
            name, found = way.file_content(
                session, keyring=house().keyring, by=actor(), form=query["form"], **case
            )
        return send_file_of(name, found)


def _offer_answer(routes: Routes, way: Way, answers: type[Schema]) -> None:
    command = f"{way.room}.bank_return"

    def take_answer(_form: dict[str, Any], **case: int) -> dict[str, Any]:
        with uploads.received() as upload:
            answer = read_answer(upload.path, name=upload.name)
        case_id = case[way.key]
        return do_once(command, way.take_answer(case_id, answer), body=[case_id, answer.sha256])

    take_answer.__doc__ = (
        "导入银行回盘文件。Take in the bank's answer; a file with a fault is taken in not at all."
    )
    declare = routes.post(
        f"{way.path}/bank-return",
        command=command,
        form=NoForm,
        answers=answers,
        status=201,
        keyed=True,
    )
    declare(take_answer)
