"""Village funds over the API: each fund with its books, its votes, every step of the table."""

from __future__ import annotations

from typing import Any

from flask import request

import ledger
import mutual_aid
from mutual_aid.queries import FundLine
from web import mutual_view, uploads
from web.api import mutual_schemas as schemas
from web.api.lending_schemas import NoForm
from web.api.routes import Routes, do_once
from web.context import actor, reading
from web.mutual_steps import BALLOTS, JOIN, OF_FUND, OF_VOTE, Step, founding, join_sheet, take
from web.mutual_view import FundShown, VoteShown
from web.periods import month_of

routes = Routes("mutual_aid", "村级互助资金 · village funds")


@routes.get(
    "/village-funds",
    command="mutual_aid.read",
    query=schemas.MutualFundsQuery,
    answers=schemas.MutualFundLineAnswer(many=True),
)
def listed(query: dict[str, Any]) -> list[FundLine]:
    """互助资金清单。The funds of the visitor's region."""
    with reading() as session:
        return mutual_view.lines(session, by=actor(), text=query["q"], state=query["state"])


@routes.post(
    "/village-funds",
    command="mutual_aid.found",
    body=schemas.MutualFundBody,
    answers=schemas.MutualStepDone,
    status=201,
    keyed=True,
)
def propose(asked: dict[str, Any]) -> dict[str, Any]:
    """申请成立，待另一人决定。Put a fund before a second person."""
    return do_once("mutual_aid.found", founding(asked), body=request.get_json())


@routes.get(
    "/village-funds/<int:fund_id>", command="mutual_aid.read", answers=schemas.VillageFundAnswer
)
def one(fund_id: int) -> FundShown:
    """资金、社员、表决、借款、占用费和公示。One fund with its books."""
    with reading() as session:
        return mutual_view.shown(session, fund_id, ledger.open_day(session), by=actor())


@routes.post(
    "/village-funds/<int:fund_id>/members/file",
    command=JOIN,
    form=NoForm,
    answers=schemas.MutualMembersTaken,
    status=201,
    keyed=True,
)
def join_by_sheet(_form: dict[str, Any], fund_id: int) -> dict[str, Any]:
    """社员名册文件：入社并收互助金，整份。Members by a sheet, all of them or none."""
    with uploads.received() as upload:
        file = mutual_aid.read_members(upload.path, name=upload.name)
    return do_once(JOIN, join_sheet(fund_id, file), body=[fund_id, file.sha256])


@routes.get(
    "/village-funds/<int:fund_id>/movements",
    command="mutual_aid.read",
    answers=schemas.MutualFundMovementAnswer(many=True),
)
def movements(fund_id: int) -> list[Any]:
    """借款以外的收支。What moved beside the loans, the latest first."""
    with reading() as session:
        mutual_view.seen(session, fund_id, actor())
        return mutual_view.movements(session, fund_id)


@routes.get(
    "/village-funds/<int:fund_id>/months/<month>",
    command="mutual_aid.read",
    answers=schemas.MutualFundMonthAnswer,
)
def month(fund_id: int, month: str) -> dict[str, Any]:
    """已日终月份的收支公示表。The public list of a month, of its closed days alone."""
    with reading() as session:
        mutual_view.seen(session, fund_id, actor())
        return mutual_aid.month_list(session, fund_id=fund_id, month_from=month_of(month))


@routes.get(
    "/village-funds/votes/<int:vote_id>",
    command="mutual_aid.read",
    answers=schemas.MutualVoteAnswer,
)
def vote(vote_id: int) -> dict[str, Any]:
    """一次表决和每户的选票。A vote with its ballots."""
    with reading() as session:
        found = mutual_view.vote(session, vote_id, ledger.open_day(session), by=actor())
    return _vote(found)


def _vote(found: VoteShown) -> dict[str, Any]:
    return {
        "id": found.vote.id,
        "fund_id": found.fund.id,
        "subject": found.vote.subject,
        "question": found.vote.question,
        "eligible": found.vote.eligible,
        "passed": found.result.passed if found.result else None,
        "ballots": [
            {"household": household.number, "choice": choice}
            for household, _head, choice in found.ballots
        ],
    }


@routes.post(
    "/village-funds/votes/<int:vote_id>/ballots",
    command=BALLOTS.command,
    body=schemas.MutualBallotsBody,
    answers=schemas.MutualStepDone,
    status=201,
    keyed=True,
)
def cast(asked: dict[str, Any], vote_id: int) -> dict[str, Any]:
    """录入选票：一户一票。Take ballots in."""
    deed = take(BALLOTS, vote_id, asked)
    return do_once(BALLOTS.command, deed, body=[vote_id, request.get_json()])


def _offer(path: str, name: str, step: Step) -> None:
    """The route of one step."""

    def view(asked: dict[str, Any], key: int) -> dict[str, Any]:
        given = asked | ({"month": month_of(asked["month"])} if "month" in asked else {})
        deed = take(step, key, given)
        return do_once(step.command, deed, body=[path, key, request.get_json()])

    view.__name__ = f"take_{'vote' if 'votes' in path else 'fund'}_{name.replace('-', '_')}"
    view.__doc__ = f"{step.title}。"
    routes.post(
        f"{path}/<int:key>/{name}",
        command=step.command,
        body=schemas.body_of(name, step),
        answers=schemas.MutualStepDone,
        status=201,
        keyed=True,
    )(view)


for _name, _step in OF_FUND.items():
    _offer("/village-funds", _name, _step)
for _name, _step in OF_VOTE.items():
    _offer("/village-funds/votes", _name, _step)
