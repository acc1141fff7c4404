"""Ratings: proposed by one, confirmed by another, in force for a period, history derivable."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select, true, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import credit
from credit import queries
from credit.models import CreditLine, Rating, RatingScheme, RatingSheet
from credit.refusals import (
    AnswerInvalid,
    HouseholdNotOfVillage,
    HouseholdTwiceOnSheet,
    SheetEmpty,
)
from credit.scheme import Scheme
from households.models import HouseholdStatus, Status
from kernel.actor import Actor, system_actor
from kernel.refusals import NotFound, Refusal
from kernel.unit_of_work import Books
from ledger.refusals import DayNotOpen
from office.refusals import (
    AlreadyDecided,
    NotEntitled,
    OwnHousehold,
    ReasonMissing,
    SameMakerAndChecker,
    SystemNeverApproves,
)
from tests.credit.conftest import (
    BEST,
    GOOD,
    OPEN,
    OTHER_VILLAGE,
    POOR,
    SCHEMES,
    VILLAGE,
    Settle,
    turn_day,
)
from tests.planted import Plant

Answers = Mapping[str, str]
IN_A_YEAR = date(2017, 5, 30)


@dataclass
class Desk:
    """Proposes and confirms, a unit of work each, as the edges do."""

    books: Books
    scheme: Scheme
    officer: Actor
    checker: Actor
    on: date = OPEN

    def propose(
        self, answers: Iterable[tuple[int, Answers]], *, village: str = VILLAGE
    ) -> credit.Proposed:
        entries = [credit.Entry(household_id, given) for household_id, given in answers]
        with self.books.write("credit.propose", by=self.officer) as session:
            return credit.propose(
                session,
                scheme=self.scheme,
                village_code=village,
                entries=entries,
                on=self.on,
                by=self.officer,
            )

    def decide(
        self,
        proposed: credit.Proposed,
        *,
        by: Actor | None = None,
        approved: bool = True,
        reason: str = "",
    ) -> int:
        by = by or self.checker
        with self.books.write("credit.confirm", by=by) as session:
            return credit.decide(
                session,
                proposal_id=proposed.proposal_id,
                approved=approved,
                validity_months=12,
                on=self.on,
                by=by,
                reason=reason,
            )

    def rate(self, answers: Iterable[tuple[int, Answers]], *, village: str = VILLAGE) -> None:
        self.decide(self.propose(answers, village=village))

    def scores(self, on: date, digits: str = "431022") -> dict[int, int]:
        with self.books.read() as session:
            rows = credit.in_force(session, on=on, region_digits=digits)
            found = {row.household_id: row.score_x10 for row in rows}
            assert len(found) == len(rows), "a household has two ratings in force"
            return found


@pytest.fixture
def desk(open_books: Books, scheme: Scheme, officer: Actor, checker: Actor) -> Desk:
    return Desk(open_books, scheme, officer, checker)


def test_a_sheet_is_in_force_once_another_person_confirms_it(desk: Desk, settle: Settle) -> None:
    one, two, three = settle(3)
    proposed = desk.propose([(one, GOOD), (two, BEST), (three, POOR)])
    assert (proposed.households, proposed.credited, proposed.line_fen) == (3, 2, 8_000_000)
    assert desk.scores(OPEN) == {}
    assert desk.decide(proposed) == 3
    assert desk.scores(OPEN) == {one: 830, two: 1_000, three: 410}
    with desk.books.read() as session:
        rating = credit.rating_of(session, one, on=OPEN)
        assert rating is not None
        assert (rating.grade, rating.line_fen) == ("较好", 3_000_000)
        assert (rating.valid_from, rating.valid_to) == (OPEN, IN_A_YEAR)
        assert (rating.proposed_by, rating.confirmed_by) == (11, 12)
        found = credit.standing(session, on=OPEN, region_digits="431022")
        assert (found.rated, found.credited, found.line_fen) == (3, 2, 8_000_000)
        line = credit.line(session, one, on=OPEN)
        assert line is not None
        assert (line.limit_fen, line.used_fen, line.available_fen) == (3_000_000, 0, 3_000_000)


def test_a_rating_ends_after_its_period(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    desk.rate([(one, GOOD)])
    assert desk.scores(OPEN - timedelta(days=1)) == {}
    assert desk.scores(IN_A_YEAR - timedelta(days=1)) == {one: 830}
    assert desk.scores(IN_A_YEAR) == {}


def test_re_rating_keeps_history(desk: Desk, settle: Settle, system: Actor) -> None:
    one, two = settle(2)
    desk.rate([(one, GOOD), (two, GOOD)])
    desk.on = turn_day(desk.books, system)
    desk.rate([(one, POOR)])
    assert desk.scores(OPEN) == {one: 830, two: 830}
    assert desk.scores(desk.on) == {one: 410, two: 830}
    # the earlier rating does not come back when the later one ends, a day after it
    assert desk.scores(IN_A_YEAR) == {one: 410}
    with desk.books.read() as session:
        assert [row.score_x10 for row in credit.history(session, one)] == [830, 410]
        line = credit.line(session, one, on=desk.on)
        assert line is not None
        assert line.limit_fen == 0


def test_the_last_of_two_ratings_of_a_day_holds(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    desk.rate([(one, GOOD)])
    desk.rate([(one, BEST)])
    assert desk.scores(OPEN) == {one: 1_000}


def test_movements_of_a_day(desk: Desk, settle: Settle, system: Actor) -> None:
    one, two, three = settle(3)
    desk.rate([(one, GOOD), (two, GOOD)])
    desk.on = turn_day(desk.books, system)
    desk.rate([(two, POOR), (three, BEST)])

    def moved(on: date) -> set[tuple[int, ...]]:
        with desk.books.read() as session:
            return {tuple(row) for row in session.execute(credit.movements_select(on))}

    # household, rated before, line before, rated after, line after
    assert moved(OPEN) == {(one, 0, 0, 1, 3_000_000), (two, 0, 0, 1, 3_000_000)}
    assert moved(desk.on) == {(two, 1, 3_000_000, 1, 0), (three, 0, 0, 1, 5_000_000)}
    assert moved(desk.on + timedelta(days=1)) == set()
    # a year after the first day household 1 falls out; household 2 has its later rating
    assert moved(IN_A_YEAR) == {(one, 1, 3_000_000, 0, 0), (two, 1, 0, 1, 0)}
    assert moved(IN_A_YEAR + timedelta(days=1)) == {
        (two, 1, 0, 0, 0),
        (three, 1, 5_000_000, 0, 0),
    }


def test_movements_add_up_to_the_standing(desk: Desk, settle: Settle, system: Actor) -> None:
    """The day before plus the day's movements is the day, on every day that matters."""
    households = settle(4)
    for number, answers in enumerate((GOOD, POOR, BEST)):
        desk.rate([(household, answers) for household in households[number:]])
        desk.on = turn_day(desk.books, system)
    days = [OPEN + timedelta(days=n) for n in range(-1, 6)]
    days += [IN_A_YEAR + timedelta(days=n) for n in range(-1, 5)]
    with desk.books.read() as session:
        for day in days:
            before = credit.standing(session, on=day - timedelta(days=1), region_digits="43")
            after = credit.standing(session, on=day, region_digits="43")
            rows = session.execute(credit.movements_select(day)).all()
            assert before.rated + sum(r[3] - r[1] for r in rows) == after.rated
            assert before.line_fen + sum(r[4] - r[2] for r in rows) == after.line_fen


def test_a_rating_explains_itself_by_the_scheme_as_recorded(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    desk.rate([(one, GOOD)])
    desk.scheme = SCHEMES["hunan-433-four-grades"]
    desk.rate([(one, GOOD)])
    with desk.books.read() as session:
        first, second = (credit.explain(session, row) for row in credit.history(session, one))
        assert (first.scheme.id, second.scheme.id) == ("hunan-433", "hunan-433-four-grades")
        assert [item.points_x10 for item in first.assessment.items] == [250, 100, 260, 220]
        assert first.assessment.score_x10 == first.rating.score_x10 == 830
        assert (first.assessment.line_fen, second.assessment.line_fen) == (3_000_000, 2_000_000)


def test_a_rejected_sheet_rates_nobody(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    proposed = desk.propose([(one, GOOD)])
    with pytest.raises(ReasonMissing):
        desk.decide(proposed, approved=False)
    assert desk.decide(proposed, approved=False, reason="收入不实") == 0
    assert desk.scores(OPEN) == {}
    with pytest.raises(AlreadyDecided):
        desk.decide(proposed)


def test_who_proposes_never_confirms(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    proposed = desk.propose([(one, GOOD)])
    # the same person under another account and role
    same = replace(desk.checker, person_id=desk.officer.person_id)
    with pytest.raises(SameMakerAndChecker):
        desk.decide(proposed, by=same)
    assert desk.scores(OPEN) == {}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"roles": frozenset({"loan_officer"})}, NotEntitled),
        ({"region_scope": "431023"}, NotEntitled),
        ({"person_id": 0, "roles": frozenset({"checker"})}, SystemNeverApproves),
        ({"identity_index": b"1/2"}, OwnHousehold),
    ],
)
def test_who_may_confirm(
    desk: Desk, settle: Settle, change: dict[str, object], refusal: type[Refusal]
) -> None:
    (one,) = settle(1)
    assert one == 1
    proposed = desk.propose([(one, GOOD)])
    with pytest.raises(refusal):
        desk.decide(proposed, by=replace(desk.checker, **change))  # type: ignore[arg-type]
    assert desk.scores(OPEN) == {}
    assert desk.decide(proposed, by=replace(desk.checker, identity_index=b"9/9")) == 1


def test_who_may_propose(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    for actor in (
        desk.checker,
        replace(desk.officer, region_scope="431022101"),
        system_actor("431022"),
    ):
        with pytest.raises(NotEntitled):
            replace(desk, officer=actor).propose([(one, GOOD)])


def test_what_may_stand_on_a_sheet(desk: Desk, settle: Settle, system: Actor) -> None:
    one, two = settle(2)
    (other,) = settle(1, village=OTHER_VILLAGE)
    wrong: list[tuple[list[tuple[int, Answers]], type[Refusal]]] = [
        ([], SheetEmpty),
        ([(one, GOOD), (one, BEST)], HouseholdTwiceOnSheet),
        ([(one, GOOD), (other, GOOD)], HouseholdNotOfVillage),
        ([(one, GOOD), (999, GOOD)], HouseholdNotOfVillage),
        ([(one, GOOD), (two, GOOD | {"labourers": "-1"})], AnswerInvalid),
    ]
    for entries, refusal in wrong:
        with pytest.raises(refusal):
            desk.propose(entries)
    with desk.books.write("households.change", by=system) as session:
        session.add(
            HouseholdStatus(
                household_id=two,
                status=Status.REMOVED,
                from_on=OPEN,
                booked_on=OPEN,
                reason="清退",
            )
        )
    with pytest.raises(HouseholdNotOfVillage):
        desk.propose([(two, GOOD)])
    with desk.books.read() as session:
        assert session.scalar(select(func.count()).select_from(RatingSheet)) == 0


def test_households_at_risk_are_rated_as_well(desk: Desk, settle: Settle) -> None:
    """监测对象 may borrow since 2020, though they were never registered as poor."""
    (one,) = settle(1, status=Status.MONITORED)
    desk.rate([(one, GOOD)])
    assert desk.scores(OPEN) == {one: 830}


def test_a_day_that_is_not_open_is_refused(desk: Desk, settle: Settle, system: Actor) -> None:
    (one,) = settle(1)
    proposed = desk.propose([(one, GOOD)])
    turn_day(desk.books, system)
    with pytest.raises(DayNotOpen):
        desk.decide(proposed)
    with pytest.raises(DayNotOpen):
        desk.propose([(one, GOOD)])


def test_an_unknown_proposal_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.decide(credit.Proposed(1, 77, VILLAGE, 0, 0, 0))


def test_a_scheme_is_recorded_once(desk: Desk, settle: Settle) -> None:
    one, two = settle(2)
    desk.rate([(one, GOOD)])
    desk.rate([(two, GOOD)])
    with desk.books.read() as session:
        assert session.scalar(select(func.count()).select_from(RatingScheme)) == 1


def test_ratings_never_change(desk: Desk, settle: Settle, system: Actor) -> None:
    (one,) = settle(1)
    desk.rate([(one, GOOD)])
    with (
        pytest.raises(DBAPIError),
        desk.books.write("credit.confirm", by=system) as session,
    ):
        session.execute(update(Rating).values(score_x10=900))


def test_a_sheet_costs_a_handful_of_statements(desk: Desk, settle: Settle) -> None:
    """As many statements for sixty households as for two."""

    def cost(count: int, first: int) -> int:
        ids = settle(count, first=first)
        statements: list[str] = []

        def note(_c: object, _cur: object, sql: str, *_rest: object) -> None:
            statements.append(sql)

        event.listen(desk.books.engine, "before_cursor_execute", note)
        try:
            desk.rate([(household, GOOD) for household in ids])
        finally:
            event.remove(desk.books.engine, "before_cursor_execute", note)
        return len(statements)

    few = cost(2, 1)
    assert cost(60, 101) <= few
    assert few < 50


@pytest.mark.damaged("each finding is provoked by rows that were changed behind the room's back")
def test_verify_names_what_was_changed(desk: Desk, settle: Settle, system: Actor) -> None:
    one, two = settle(2)
    desk.rate([(one, GOOD), (two, BEST)])

    def findings() -> list[tuple[str, str]]:
        with desk.books.read() as session:
            return [(found.check, found.key) for found in credit.check(session)]

    assert findings() == []
    with desk.books.write("credit.confirm", by=system) as session:
        session.execute(
            update(CreditLine).where(CreditLine.household_id == two).values(limit_fen=1)
        )
    assert findings() == [("credit.line", f"household_id={two}")]
    with desk.books.write("credit.confirm", by=system) as session:
        session.execute(
            update(CreditLine).where(CreditLine.household_id == two).values(limit_fen=5_000_000)
        )
        forged = _copy(session, one)
        forged.score_x10 = 900
        session.add(forged)
    assert ("credit.recomputed", f"id={forged.id}") in findings()
    assert ("credit.decided", f"id={forged.id}") in findings()
    assert ("credit.line", f"household_id={one}") in findings()


def _copy(session: Session, household_id: int) -> Rating:
    """A rating like the household's own, but on a sheet of nobody's approval."""
    rating = session.scalars(select(Rating).where(Rating.household_id == household_id)).one()
    sheet = session.get_one(RatingSheet, rating.sheet_id)
    names = [c.name for c in RatingSheet.__table__.columns if c.name not in {"id", "trail_id"}]
    twin = RatingSheet(**{name: getattr(sheet, name) for name in names})
    session.add(twin)
    session.flush()
    names = [c.name for c in Rating.__table__.columns if c.name not in {"id", "trail_id"}]
    copy = Rating(**{name: getattr(rating, name) for name in names})
    copy.sheet_id = twin.id
    return copy


@pytest.mark.damaged("a sheet's content is written that its digest does not cover")
def test_verify_names_a_forged_sheet(desk: Desk, settle: Settle, system: Actor) -> None:
    (one,) = settle(1)
    proposed = desk.propose([(one, GOOD)])
    with desk.books.write("credit.propose", by=system) as session:
        sheet = session.get_one(RatingSheet, proposed.sheet_id)
        names = [c.name for c in RatingSheet.__table__.columns if c.name not in {"id", "trail_id"}]
        forged = RatingSheet(**{name: getattr(sheet, name) for name in names})
        forged.content = json.dumps([[one, BEST]])
        session.add(forged)
    with desk.books.read() as session:
        keys = [found.key for found in credit.check(session)]
    assert keys == [f"id={forged.id}"]


def _never_superseded(_on: date) -> object:
    return Rating.id == Rating.id


def _no_end(on: date) -> object:
    return (Rating.valid_from <= on) & queries.begun_by(on)


PLANTED = [
    Plant(test_re_rating_keeps_history, "credit.queries.begun_by", _never_superseded),
    Plant(
        test_the_last_of_two_ratings_of_a_day_holds, "credit.queries.begun_by", _never_superseded
    ),
    Plant(test_a_rating_ends_after_its_period, "credit.queries.is_in_force", _no_end),
    Plant(test_movements_of_a_day, "credit.queries.is_in_force", _no_end),
    Plant(
        test_a_sheet_is_in_force_once_another_person_confirms_it,
        "credit.operations._set_lines",
        lambda _session, _sheet_id: None,
    ),
    Plant(
        test_what_may_stand_on_a_sheet,
        "credit.operations._check_households",
        lambda *_: None,
        catches=(pytest.fail.Exception, DBAPIError, TypeError),
    ),
    Plant(test_what_may_stand_on_a_sheet, "credit.queries.is_ratable", lambda _on: true()),
]


@pytest.mark.damaged("the bugs leave what they leave")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, desk: Desk, settle: Settle, system: Actor) -> None:
    plant.prove(desk=desk, settle=settle, system=system)
