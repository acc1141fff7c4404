"""Over the API: the county's lists, rounds of review, samples with rates, populations, villages."""

from __future__ import annotations

from typing import Any

import ledger
from households import queries as register
from households.identification import Sampled, of_numbers, queries
from households.identification import reading as reads
from households.models import SampleCheck, Status
from web import identifying, places, scope
from web.api import identification_figures_schemas as schemas
from web.api import paging
from web.api.routes import Routes, do_once
from web.context import actor, house, reading
from web.identifying import DECIDE, HAND_IN, SAMPLE, Handing
from web.pages.identification_figures import held

routes = Routes("identification_figures", "审定名单、轮次、抽查 · lists, rounds, samples, villages")


@routes.get(
    "/identification/lists",
    command="households.read",
    query=schemas.DecidedListsQuery,
    answers=paging.page_of(schemas.DecidedListAnswer),
)
def lists(query: dict[str, Any]) -> dict[str, Any]:
    """县级审定名单，分页。The county's lists, the latest first, a page at a time."""
    names = ("id", "document", "status", "from_on", "handed_in_on", "households")
    limit = query["limit"]
    with reading() as session:
        found = queries.lists(
            session, text=query["q"], status=query["status"], decision=query["decision"],
            before=paging.after(query.get("cursor")), limit=limit + 1,
        )  # fmt: skip
    rows = [
        {name: getattr(line.one, name) for name in names} | {"decision": line.decision}
        for line in found
    ]
    return paging.page(rows, limit, found[limit - 1].one.id if len(found) > limit else None)


@routes.get(
    "/identification/lists/<int:list_id>/households",
    command="households.read",
    query=schemas.ListHouseholdsQuery,
    answers=paging.page_of(schemas.ListHouseholdRow),
)
def list_households(query: dict[str, Any], list_id: int) -> dict[str, Any]:
    """一份名单中本辖区的户，分页。The households of a list that are seen, a page at a time."""
    limit, by = query["limit"], actor()
    with reading() as session:
        queries.list_of(session, list_id)
        digits, last = scope.own_digits(session, by), paging.after(query.get("cursor"))
        after = register.get(session, last, digits=digits).number if last else ""
        found = queries.list_households(
            session, list_id, digits=digits, text=query["q"], after=after, limit=limit + 1
        )
        more = len(found) > limit
        mark = register.by_number(session, found[limit - 1][1], digits=digits).id if more else None
    rows = [
        {"line": line, "number": number, "village_code": village} for line, number, village in found
    ]
    return paging.page(rows, limit, mark)


@routes.post(
    "/identification/lists",
    command=HAND_IN,
    body=schemas.DecidedListBody,
    answers=schemas.ListHandedIn,
    status=201,
    keyed=True,
)
def hand_in(body: dict[str, Any]) -> dict[str, Any]:
    """提交名单，待另一人审定。Hand in a list for another person's decision."""
    numbers, status = body.pop("numbers"), Status(body.pop("status"))
    asked = Handing(rows=of_numbers(numbers), status=status, **body)
    return do_once(HAND_IN, identifying.hand_in(house(), actor(), asked), body=asked.body())


@routes.get(
    "/identification/rounds",
    command="households.read",
    answers=schemas.ReviewRoundAnswer(many=True),
)
def rounds() -> list[dict[str, Any]]:
    """核查轮次及认定结果。Rounds of review, and what they found."""
    names = ("id", "number", "year", "title", "from_on", "to_on", "document")
    with reading() as session:
        found = queries.rounds(session, digits=scope.own_digits(session, actor()))
        return [
            {name: getattr(one.review, name) for name in names} | {"found": one.found}
            for one in found
        ]


@routes.post(
    "/identification/rounds",
    command=HAND_IN,
    body=schemas.ReviewRoundBody,
    answers=schemas.RoundBegun,
    status=201,
    keyed=True,
)
def begin_round(body: dict[str, Any]) -> dict[str, Any]:
    """登记轮次。Enter a round."""
    deed = identifying.begin_round(actor(), **body)
    return do_once(HAND_IN, deed, body=_plain(body))


@routes.get(
    "/identification/samples",
    command="households.read",
    query=schemas.SamplesQuery,
    answers=paging.page_of(schemas.SampleAnswer),
)
def samples(query: dict[str, Any]) -> dict[str, Any]:
    """抽查及各率，分页。Sampling checks with rates and limits, a page at a time."""
    names = ("id", "region_code", "checked_on", "unit", "document")
    limit = query["limit"]
    with reading() as session:
        found = reads.samples(
            session, digits=places.digits_asked(session), text=query["q"],
            round_id=query.get("round"), before=paging.after(query.get("cursor")), limit=limit + 1,
        )  # fmt: skip
        rows = [
            {name: getattr(one, name) for name in names} | {"rates": _rates(one)} for one in found
        ]
    return paging.page(rows, limit, found[limit - 1].id if len(found) > limit else None)


def _rates(one: SampleCheck) -> list[dict[str, Any]]:
    return [
        {
            "code": rate.code,
            "title": rate.names[0],
            "numerator": rate.numerator,
            "numerator_of": rate.names[2],
            "denominator": rate.denominator,
            "denominator_of": rate.names[4],
            "ppm": rate.ppm,
            "clause": limit.clause if limit else None,
            "met": met,
        }
        for rate, limit, met in held(one)
    ]


@routes.post(
    "/identification/samples",
    command=SAMPLE,
    body=schemas.SampleBody,
    answers=schemas.SampleRecorded,
    status=201,
    keyed=True,
)
def record_sample(body: dict[str, Any]) -> dict[str, Any]:
    """登记抽查。Record what a sampling check counted."""
    said = _plain(body)
    counts = {name: body.pop(name) for name in Sampled.__slots__}
    deed = identifying.record_sample(house(), actor(), Sampled(**counts), **body)
    return do_once(SAMPLE, deed, body=said)


@routes.post(
    "/identification/populations",
    command=SAMPLE,
    body=schemas.PopulationBody,
    answers=schemas.PopulationRecorded,
    status=201,
    keyed=True,
)
def record_population(body: dict[str, Any]) -> dict[str, Any]:
    """登记农村人口。Record a region's rural population."""
    deed = identifying.record_population(house(), actor(), **body)
    return do_once(SAMPLE, deed, body=_plain(body))


@routes.get(
    "/identification/villages",
    command="households.read",
    answers=schemas.VillageStandingAnswer(many=True),
)
def villages() -> list[Any]:
    """贫困村和出列村。Villages that are or were poor."""
    with reading() as session:
        digits, on = places.digits_asked(session), ledger.open_day(session)
        return list(queries.villages(session, digits=digits, on=on).values())


@routes.post(
    "/identification/villages",
    command=DECIDE,
    body=schemas.VillagesBody,
    answers=schemas.VillagesSet,
    status=201,
    keyed=True,
)
def set_villages(body: dict[str, Any]) -> dict[str, Any]:
    """登记贫困村或出列。Find villages poor, or out of poverty."""
    deed = identifying.set_villages(house(), actor(), **body)
    return do_once(DECIDE, deed, body=_plain(body))


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """What makes two requests the same."""
    return {
        name: value if isinstance(value, list | int) else str(value) for name, value in body.items()
    }
