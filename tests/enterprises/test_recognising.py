"""Recognition by two people, counter-securities, chains and frameworks; what each is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from inspect import signature
from typing import Any

import pytest

import enterprises
from enterprises import Chain, Framework, queries, recognising, refusals, standing
from enterprises.models import Recognition
from kernel.refusals import NotFound, Refusal
from loans.models import OpenSegment
from office.refusals import NotEntitled, ProposalChanged, ReasonMissing, SameMakerAndChecker
from organisations import Kind
from tests.enterprises.desk import SECOND_OFFICE, LinkedTown
from tests.loans.lists import found_organisation, id_of, pooled
from tests.loans.refusing import everything
from tests.loans.town import FULL, OFFICE, OFFICER
from tests.planted import Plant
from tests.risk_fund.fund import county_rules

VILLAGE = "431022100201"
OTHER_VILLAGE = "431022100202"


def open_chain(town: LinkedTown, **changes: Any) -> int:
    ordinary: dict[str, Any] = {
        "organisation_id": town.enterprise_id,
        "name": "莽山红茶",
        "product": "红茶",
        "sales_channel": "订单收购，供销社专柜",
        "from_on": town.today,
    }
    with town.books.write("enterprises.chain", by=OFFICE) as session:
        chain = Chain(**{**ordinary, **changes})
        return enterprises.open_chain(session, chain=chain, on=town.today, by=OFFICE)


def end_chain(town: LinkedTown, chain_id: int, reason: str = "改种油茶") -> None:
    with town.books.write("enterprises.chain", by=OFFICE) as session:
        enterprises.end_chain(session, chain_id=chain_id, reason=reason, on=town.today, by=OFFICE)


def sign_framework(town: LinkedTown, **changes: Any) -> int:
    ordinary: dict[str, Any] = {
        "name": "怀化市金融扶贫合作框架协议",
        "signed_on": town.today,
        "to_on": date(2021, 1, 1),
        "amount_fen": 3_000_000_000_000,
        "document_no": "怀金扶〔2016〕1号",
        "institution_ids": (town.lender_id,),
    }
    with town.books.write("enterprises.framework", by=OFFICE) as session:
        framework = Framework(**{**ordinary, **changes})
        return enterprises.sign_framework(session, framework=framework, on=town.today, by=OFFICE)


def twice(call: Callable[[int], None], one: int) -> None:
    call(one)
    call(one)


# --- recognition -------------------------------------------------------------------------------


def recognised(town: LinkedTown, on: date) -> set[int]:
    with town.books.read() as session:
        return {row.id for row in session.scalars(recognising.granted_on(on))}


def test_recognised_from_its_first_day_once_two_people_agree(town: LinkedTown) -> None:
    proposal = town.ask(to_on=date(2018, 5, 30), villages=(VILLAGE, VILLAGE))
    assert recognised(town, town.today) == set()
    town.grant(proposal)
    (one,) = recognised(town, town.today)
    assert recognised(town, date(2016, 5, 29)) == set()
    assert recognised(town, date(2018, 5, 29)) == {one}
    assert recognised(town, date(2018, 5, 30)) == set()
    with town.books.read() as session:
        row = session.get_one(Recognition, one)
        # 1 January 2010 to 30 May 2016: six full years and a half
        assert (row.years_operating, row.local, row.exceptions) == (6, True, "")
        assert recognising.villages_of(session, one) == {VILLAGE}


def test_a_rejected_one_is_not_recognised(town: LinkedTown) -> None:
    town.grant(town.ask(), approved=False, reason="未见产业")
    assert recognised(town, town.today) == set()
    # and may be asked for again
    town.recognise()
    assert len(recognised(town, town.today)) == 1


def test_taken_back_it_holds_no_longer_and_may_be_granted_anew(town: LinkedTown) -> None:
    one = town.recognise()
    town.withdraw(one)
    assert recognised(town, town.today) == set()
    assert recognised(town, date(2016, 5, 29)) == set()
    again = town.recognise()
    assert recognised(town, town.today) == {again}
    with town.books.read() as session:
        rows = queries.recognitions_of(session, town.enterprise_id)
        assert [(row[1], row[2]) for row in rows] == [
            (town.today, town.today),
            (town.today, None),
        ]


def test_three_years_hold_in_principle_and_a_reason_passes_them(town: LinkedTown) -> None:
    young: dict[str, Any] = {"operating_since": date(2013, 5, 31)}
    with pytest.raises(refusals.OperatingTooShort) as short:
        town.ask(**young)
    # one day short of three years
    assert (short.value.facts["years"], short.value.facts["minimum"]) == (2, 3)
    assert short.value.clause is not None
    assert "禹州" in short.value.clause
    town.recognise(operating_since=date(2013, 5, 30), project="满三年")
    one = town.recognise(**young, exception_reason="省级龙头企业的子公司")
    with town.books.read() as session:
        row = session.get_one(Recognition, one)
        assert row.exceptions == "operating_too_short"
        assert row.exception_reason == "省级龙头企业的子公司"


def test_a_flat_rule_is_passed_by_no_reason(town: LinkedTown) -> None:
    stranger = id_of(town, found_organisation(town, 7, region="431003000000"))
    with pytest.raises(refusals.EnterpriseNotLocal):
        town.ask(organisation_id=stranger, exception_reason="省级龙头企业")


def test_where_no_document_asks_for_it_a_stranger_is_recognised(town: LinkedTown) -> None:
    town.rulebook = county_rules(town.rulebook, conduct={"enterprise_local": False})
    stranger = id_of(town, found_organisation(town, 7, region="431003000000"))
    one = town.recognise(organisation_id=stranger)
    with town.books.read() as session:
        assert session.get_one(Recognition, one).local is False


AT_ONCE: list[tuple[type[Refusal], Callable[[LinkedTown], object]]] = [
    (refusals.EnterpriseDocumentMissing, lambda town: town.ask(document_no=" ")),
    (refusals.RecognitionDaysWrong, lambda town: town.ask(to_on=town.today)),
    (
        refusals.RecognitionDaysWrong,
        lambda town: town.ask(operating_since=date(2016, 5, 31)),
    ),
    (refusals.RecognitionVillageWrong, lambda town: town.ask(villages=("431022100000",))),
    (refusals.RecognitionVillageWrong, lambda town: town.ask(villages=("431003100201",))),
    (NotEntitled, lambda town: town.ask(by=OFFICER)),
    (NotFound, lambda town: town.grant(999)),
    (refusals.OrganisationCannotLink, lambda town: town.pledge(organisation_id=town.lender_id)),
    (refusals.CounterSecurityIncomplete, lambda town: town.pledge(value_fen=0)),
    (refusals.CounterSecurityIncomplete, lambda town: town.pledge(description=" ")),
    (refusals.CounterSecurityIncomplete, lambda town: town.pledge(kind="promise")),
    (refusals.EnterpriseDocumentMissing, lambda town: town.pledge(document_no="")),
    (NotFound, lambda town: town.pledge(fund_account_id=999)),
    (NotFound, lambda town: town.release(999)),
    (
        refusals.OrganisationCannotLink,
        lambda town: open_chain(town, organisation_id=town.lender_id),
    ),
    (refusals.ChainIncomplete, lambda town: open_chain(town, product="")),
    (NotFound, lambda town: end_chain(town, 999)),
    (refusals.FrameworkIncomplete, lambda town: sign_framework(town, institution_ids=())),
    (
        refusals.FrameworkIncomplete,
        lambda town: sign_framework(town, institution_ids=(town.lender_id,) * 2),
    ),
    (refusals.FrameworkIncomplete, lambda town: sign_framework(town, to_on=town.today)),
    (
        refusals.FrameworkIncomplete,
        lambda town: sign_framework(town, signed_on=date(2016, 5, 31)),
    ),
    (refusals.EnterpriseDocumentMissing, lambda town: sign_framework(town, document_no="")),
    (NotFound, lambda town: sign_framework(town, institution_ids=(999,))),
]


def test_what_is_refused_at_once_leaves_nothing_behind(town: LinkedTown) -> None:
    before = everything(town.books)
    for refusal, call in AT_ONCE:
        with pytest.raises(refusal):
            call(town)
    assert everything(town.books) == before


REFUSED: list[tuple[type[Refusal], Callable[[LinkedTown], object]]] = [
    (refusals.EnterpriseReasonMissing, lambda town: town.release(town.pledge(), reason="")),
    (
        refusals.OrganisationCannotLink,
        lambda town: town.ask(
            organisation_id=id_of(town, found_organisation(town, 8, kind=Kind.OFFICE))
        ),
    ),
    (refusals.RecognitionOverlaps, lambda town: (town.recognise(), town.ask())),
    (SameMakerAndChecker, lambda town: town.grant(town.ask(), by=OFFICE)),
    (ReasonMissing, lambda town: town.grant(town.ask(), approved=False)),
    (refusals.RecognitionNotGranted, lambda town: town.withdraw(town.ask())),
    (
        refusals.RecognitionNotGranted,
        lambda town: twice(town.withdraw, town.recognise()),
    ),
    (
        refusals.EnterpriseReasonMissing,
        lambda town: town.withdraw(town.recognise(), reason=""),
    ),
    (
        refusals.EnterpriseDocumentMissing,
        lambda town: town.withdraw(town.recognise(), document_no=""),
    ),
    (
        refusals.CounterSecurityReleased,
        lambda town: twice(town.release, town.pledge()),
    ),
    (refusals.ChainNameTaken, lambda town: [open_chain(town) for _ in range(2)]),
    (refusals.EnterpriseReasonMissing, lambda town: end_chain(town, open_chain(town), "")),
    (
        refusals.ChainEnded,
        lambda town: twice(partial(end_chain, town), open_chain(town)),
    ),
    (
        refusals.ChainEnded,
        lambda town: end_chain(town, open_chain(town, from_on=date(2016, 5, 31))),
    ),
    (refusals.FrameworkNameTaken, lambda town: [sign_framework(town) for _ in range(2)]),
]


@pytest.mark.parametrize(
    ("refusal", "call"), REFUSED, ids=[f"{nr}-{one.code}" for nr, (one, _) in enumerate(REFUSED)]
)
def test_refused(
    refusal: type[Refusal], call: Callable[[LinkedTown], object], town: LinkedTown
) -> None:
    with pytest.raises(refusal):
        call(town)


def test_what_stands_otherwise_than_proposed_is_not_granted(
    town: LinkedTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = town.ask()
    town.ask(project="另一个项目")
    monkeypatch.setattr("office.approvals.subject_of", lambda *_: 2)
    with pytest.raises(ProposalChanged):
        town.grant(proposal)


# --- counter-security, chains, frameworks ------------------------------------------------------


def test_the_last_counter_security_stays_while_loans_are_stakes(linked: LinkedTown) -> None:
    second = linked.pledge(document_no="宜反抵〔2016〕2号", value_fen=100_000_000)
    agreement = linked.agree(linked.stake(1))
    linked.release(1)
    with pytest.raises(refusals.CounterSecurityInUse) as refused:
        linked.release(second)
    assert "宜章" in (refused.value.clause or "")
    linked.leave(agreement, 1)
    # a list that waits holds it as well
    waiting = linked.hand_in(linked.stake(1), number="宜联〔2016〕2号")
    with pytest.raises(refusals.CounterSecurityInUse):
        linked.release(second)
    linked.decide(waiting, approved=False, reason="名单须重核")
    linked.release(second)


def test_a_chain_is_read_whole(linked: LinkedTown) -> None:
    channel = id_of(linked, found_organisation(linked, 9, kind=Kind.CO_OPERATIVE))
    chain = open_chain(linked, channel_id=channel, project_number="CY-2016-01")
    linked.agree(linked.stake(1), linked.stake(2, 3_000_000), linked.work(3))
    with linked.books.read() as session:
        page = standing.chain_page(session, chain, linked.today)
        assert page.channel is not None
        assert (page.channel.id, page.ended_on) == (channel, None)
        assert (page.fund_account_ids, page.pledged_fen) == (
            [linked.fund_account_id],
            300_000_000,
        )
        # six loans of 50 000 each, all of them out
        assert (page.loans, page.lent_fen, page.outstanding_fen) == (6, 6 * FULL, 6 * FULL)
        # 50 000 + 30 000; a household linked by work is one as well, three people each
        assert (page.households, page.persons, page.stake_fen) == (3, 9, 8_000_000)
        assert standing.chains(session, linked.enterprise_id) == [page.chain]
    end_chain(linked, chain)
    with linked.books.read() as session:
        assert standing.chain_page(session, chain, linked.today).ended_on == linked.today


def test_where_every_enterprise_stands(linked: LinkedTown) -> None:
    linked.agree(linked.stake(1), linked.stake(2), linked.work(2))
    linked.agree(linked.work(2), linked.work(3), number="宜联〔2016〕2号", form="employment")
    other = id_of(linked, found_organisation(linked, 9, kind=Kind.CO_OPERATIVE))
    with linked.books.read() as session:
        first, second = standing.standings(session, linked.today)
        # households 1, 2 and 3, each once, though 2 is in both agreements
        assert (first.households, first.persons, first.agreements) == (3, 9, 2)
        assert (first.stake_fen, first.pledged_fen, first.recognised) == (
            2 * FULL,
            300_000_000,
            True,
        )
        assert (second.organisation_id, second.households, second.recognised) == (other, 0, False)
        only = standing.standings(session, linked.today, recognised_only=True)
        assert [one.organisation_id for one in only] == [linked.enterprise_id]
        assert standing.standings(session, linked.today, region_digits="4301") == []


def test_a_framework_counts_what_its_institutions_paid_out(town: LinkedTown) -> None:
    framework = sign_framework(town)
    code = found_organisation(town, 5)
    own = town.lend(1)
    (many,) = town.contracts(pooled(town, code, (2, 3_000_000), (3, 2_000_000)))
    slip = town.disburse(many, FULL)
    (third,) = town.contracts(town.asked(4, mode="entrusted", organisation_code=code))
    town.disburse(third, 1_000_000)

    def used() -> tuple[int, int]:
        with town.books.read() as session:
            use = enterprises.use_of(session, framework, town.today)
            assert (use.institutions, use.amount_fen) == (1, 3_000_000_000_000)
            return use.organisations_fen, use.all_fen

    assert own
    # pooled 50 000 and entrusted 10 000; and the household's own 50 000
    assert used() == (6_000_000, 11_000_000)
    town.reverse(slip)
    assert used() == (1_000_000, 6_000_000)
    with town.books.read() as session:
        assert [one.id for one in standing.frameworks(session)] == [framework]
        with pytest.raises(NotFound):
            enterprises.use_of(session, 999, town.today)
        with pytest.raises(NotFound):
            standing.chain_page(session, 999, town.today)


def test_lending_before_and_after_the_framework_does_not_count(town: LinkedTown) -> None:
    town.lend(1)
    town.close_to(date(2016, 5, 31))
    framework = sign_framework(town, to_on=date(2016, 6, 2))
    town.lend(2)
    town.close_to(date(2016, 6, 1))
    town.lend(3)
    with town.books.read() as session:
        assert enterprises.use_of(session, framework, town.today).all_fen == FULL


# --- each guard seen red -----------------------------------------------------------------------


def nothing(*_args: object, **_facts: object) -> Iterator[Any]:
    return iter(())


PLANTED = [
    Plant(
        test_three_years_hold_in_principle_and_a_reason_passes_them,
        "enterprises.recognising.years_between",
        lambda start, end: end.year - start.year,
    ),
    Plant(
        test_a_flat_rule_is_passed_by_no_reason,
        "enterprises.recognising.passed_over",
        lambda broken, _reason: [refusal.code for refusal, _ in broken],
    ),
    Plant(
        test_the_last_counter_security_stays_while_loans_are_stakes,
        "enterprises.pledging._uses_loans",
        lambda *_: False,
    ),
    Plant(
        test_a_chain_is_read_whole,
        "enterprises.standing.is_principal",
        lambda: OpenSegment.state == "arrears",
    ),
    Plant(
        test_lending_before_and_after_the_framework_does_not_count,
        "enterprises.frameworks._lent",
        lambda *_: 3 * FULL,
    ),
    Plant(
        test_what_is_refused_at_once_leaves_nothing_behind,
        "enterprises.recognising._check_form",
        nothing,
    ),
]


@pytest.mark.damaged("a planted bug let in what breaks a rule")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, request: pytest.FixtureRequest) -> None:
    wanted = signature(plant.test).parameters
    plant.prove(**{name: request.getfixturevalue(name) for name in wanted})


def test_somebody_else_of_the_office_may_grant(town: LinkedTown) -> None:
    elsewhere = replace(SECOND_OFFICE, region_scope="431003")
    proposal = town.ask()
    with pytest.raises(NotEntitled):
        town.grant(proposal, by=elsewhere)
    town.grant(proposal)
