"""Special funds within their documents, how they are shared, and projects by village.

The Huaihua example (R1.7 to R1.10): seven tenths of the special money to industry, seven tenths of
that linked with poor households; 13 key projects in 240 villages for 11 208 households of 39 679
people. The file under config/examples carries the counts; its villages' parts are an example.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, update

from households import Status, helping
from households import checks as room_checks
from households.helping import figures, forms, project_figures
from households.helping import queries as help_queries
from households.helping.finding import FileSlip
from households.helping.forms import ProjectRow
from households.helping.funds import FundEntered, UseEntered
from households.helping.refusals import (
    FundPurposeUnknown,
    FundUseAmount,
    FundUseTakenBack,
    FundUseUndocumented,
    LinkedIsIndustry,
    ProjectHouseholdTwice,
    ProjectPersonsBelowHouseholds,
    ProjectRowsDiffer,
    ProjectTwice,
    ProjectVillageTwice,
    SpecialFundExceeded,
    SpecialFundIncomplete,
    SpecialFundTwice,
)
from households.models.helping import SpecialFundUse
from households.refusals import (
    HouseholdSheetHasFaults,
    RegisteredAfterTheDay,
    VillageCodeUnknown,
    VillageOutOfScope,
)
from households.sheets import read_sheet
from kernel.actor import Actor
from kernel.refusals import NotFound, Refusal
from kernel.regions import RegionTree
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from office.refusals import NotEntitled, ReasonMissing
from tests.households.help_desk import (
    DAY,
    FINANCE,
    OFFICER,
    OTHER_VILLAGE,
    POVERTY_OFFICE,
    REGISTRAR,
    RULES,
    TOWNSHIP,
    VILLAGE,
    HelpDesk,
    counted,
    person,
)
from tests.planted import Plant

EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "huaihua-2015-projects.csv"
HERE = "431022"
MILLION = 100_000_000
FUND = FundEntered(2015, "湘财农指〔2015〕8号", "province", "省级财政专项扶贫资金", 10 * MILLION)


@pytest.fixture
def desk(books: Books, keyring: Keyring, regions: RegionTree) -> HelpDesk:
    """Books of 宜章 on an open day."""
    return HelpDesk(books, keyring, regions).open()


def enter(desk: HelpDesk, fund: FundEntered = FUND, by: Actor = FINANCE) -> int:
    return desk.write(lambda session: helping.enter_fund(session, fund, on=DAY, by=by), by)


def give(desk: HelpDesk, use: UseEntered, by: Actor = POVERTY_OFFICE) -> int:
    return desk.write(lambda session: helping.use_fund(session, use, on=DAY, by=by), by)


def back(desk: HelpDesk, use_id: int, reason: str = "项目取消", by: Actor = POVERTY_OFFICE) -> int:
    return desk.write(
        lambda session: helping.take_back(session, use_id, reason=reason, on=DAY, by=by), by
    )


def use(fund_id: int, purpose: str, fen: int, **more: object) -> UseEntered:
    told: dict[str, object] = {"used_on": date(2016, 3, 1), "document": "宜财农〔2016〕3号"}
    return UseEntered(fund_id, purpose, fen, **(told | more))  # type: ignore[arg-type]


# --- funds ----------------------------------------------------------------------------------------


def test_the_shares_are_told_with_numerator_and_denominator(desk: HelpDesk) -> None:
    # 10 000 000.00 came; 7 000 000.00 went to industry, of it 4 900 000.00 linked:
    # 70 % and 70 % are kept exactly, and 49 % of all the money is tied to poor households
    fund_id = enter(desk)
    give(desk, use(fund_id, "industry", 490_000_000, linked=True))
    give(desk, use(fund_id, "industry", 210_000_000))
    give(desk, use(fund_id, "infrastructure", 300_000_000))
    rule = RULES.share_rule("431202000000", DAY)
    assert rule is not None

    def shares() -> figures.ShareReport:
        return desk.read(lambda session: figures.share_report(session, rule, year=2015, on=DAY))

    told = shares()
    assert (told.funds_fen, told.given_fen) == (1_000_000_000, 1_000_000_000)
    assert told.purposes == {"industry": 700_000_000, "infrastructure": 300_000_000}
    assert (told.industry.numerator_fen, told.industry.denominator_fen) == (
        700_000_000,
        1_000_000_000,
    )
    assert (told.linked.numerator_fen, told.linked.denominator_fen) == (490_000_000, 700_000_000)
    assert (told.industry.kept, told.linked.kept) == (True, True)
    # one linked use of a million is taken back and given again without the link
    again = give_again(desk, fund_id)
    assert again == [490_000_000, 210_000_000, 300_000_000, -490_000_000, 490_000_000]
    told = shares()
    # linked 0 of 700 000 000: 490 000 000 is missing
    assert (told.industry.kept, told.linked.kept) == (True, False)
    assert told.linked.missing_fen == 490_000_000


def give_again(desk: HelpDesk, fund_id: int) -> list[int]:
    back(desk, 1)
    give(desk, use(fund_id, "industry", 490_000_000))
    return [row.amount_fen for row in desk.read(lambda s: figures.uses(s, fund_id))]


def test_without_a_rule_nothing_is_held_against_a_limit(desk: HelpDesk) -> None:
    give(desk, use(enter(desk), "industry", 1))
    told = desk.read(lambda session: figures.share_report(session, None, year=2015, on=DAY))
    assert (told.industry.kept, told.linked.kept, told.linked.missing_fen) == (None, None, 0)
    nothing = desk.read(lambda session: figures.share_report(session, None, year=2014, on=DAY))
    assert (nothing.funds_fen, nothing.given_fen, nothing.purposes) == (0, 0, {})
    assert desk.read(figures.years) == [2015]


def test_what_is_given_never_passes_the_fund(desk: HelpDesk) -> None:
    fund_id = enter(desk)
    give(desk, use(fund_id, "housing", 999_999_999))
    with pytest.raises(SpecialFundExceeded, match=r"0\.01"):
        give(desk, use(fund_id, "housing", 2))
    give(desk, use(fund_id, "housing", 1))
    assert desk.read(lambda session: figures.fund(session, fund_id)).free_fen == 0
    back(desk, 1)
    assert desk.read(lambda s: figures.funds(s, year=2015))[0].free_fen == 999_999_999


def test_many_who_give_at_once_do_not_pass_the_fund_together(desk: HelpDesk) -> None:
    fund_id = enter(desk)
    barrier = Barrier(16)

    def attempt(_nr: int) -> str:
        barrier.wait()
        try:
            give(desk, use(fund_id, "housing", 3 * MILLION))
        except Refusal as refusal:
            return refusal.code
        return "given"

    with ThreadPoolExecutor(16) as clerks:
        ends = list(clerks.map(attempt, range(16)))
    # three of 3 000 000.00 fit into 10 000 000.00
    assert (ends.count("given"), ends.count("special_fund_exceeded")) == (3, 13)
    assert desk.read(lambda session: figures.fund(session, fund_id)).used_fen == 9 * MILLION


def test_one_use_is_taken_back_once_by_many(desk: HelpDesk) -> None:
    fund_id = enter(desk)
    for _ in range(2):
        give(desk, use(fund_id, "housing", MILLION))
    barrier = Barrier(8)

    def attempt(_nr: int) -> str:
        barrier.wait()
        try:
            back(desk, 1)
        except Refusal as refusal:
            return refusal.code
        return "back"

    with ThreadPoolExecutor(8) as clerks:
        ends = sorted(clerks.map(attempt, range(8)))
    assert ends == ["back"] + ["fund_use_taken_back"] * 7
    assert desk.read(lambda session: figures.fund(session, fund_id)).used_fen == MILLION


def test_what_a_fund_and_a_use_must_say(desk: HelpDesk) -> None:
    for bad in ({"title": " "}, {"document_no": ""}, {"level": "town"}, {"year": 1999},
                {"amount_fen": 0}):  # fmt: skip
        with pytest.raises(SpecialFundIncomplete):
            enter(desk, replace(FUND, **bad))
    fund_id = enter(desk)
    with pytest.raises(SpecialFundTwice):
        enter(desk)
    enter(desk, replace(FUND, level="city"))
    refused: dict[type[Refusal], UseEntered] = {
        FundPurposeUnknown: use(fund_id, "cars", 1),
        FundUseAmount: use(fund_id, "housing", 0),
        LinkedIsIndustry: use(fund_id, "housing", 1, linked=True),
        FundUseUndocumented: use(fund_id, "housing", 1, document=" "),
        RegisteredAfterTheDay: use(fund_id, "housing", 1, used_on=date(2017, 1, 4)),
        NotFound: use(fund_id, "industry", 1, project_id=9),
    }
    for refusal, asked in refused.items():
        with pytest.raises(refusal):
            give(desk, asked)
    with pytest.raises(NotFound):
        give(desk, use(99, "housing", 1))
    with pytest.raises(NotFound):
        desk.read(lambda session: figures.fund(session, 99))


def test_who_may_move_special_money_and_what_taking_back_needs(desk: HelpDesk) -> None:
    fund_id = enter(desk)
    for nobody in (REGISTRAR, OFFICER, person(15, "poverty_office", "431022102")):
        with pytest.raises(NotEntitled):
            give(desk, use(fund_id, "housing", 1), by=nobody)
    given = give(desk, use(fund_id, "housing", 5))
    with pytest.raises(ReasonMissing):
        back(desk, given, reason="")
    with pytest.raises(NotFound):
        back(desk, 99)
    entry = back(desk, given)
    for twice in (given, entry):
        with pytest.raises(FundUseTakenBack):
            back(desk, twice)


# --- projects -------------------------------------------------------------------------------------


def take(
    desk: HelpDesk, *rows: ProjectRow, by: Actor = POVERTY_OFFICE, file: FileSlip | None = None
) -> int:
    return desk.write(
        lambda session: helping.enter_projects(
            session, rows, regions=desk.regions, organisations={}, on=desk.day, by=by, file=file
        ),
        by,
    )


def project(village: str = VILLAGE, **more: object) -> ProjectRow:
    told: dict[str, object] = {
        "number": "YZ-01",
        "name": "脐橙产业扶贫项目",
        "industry": "脐橙",
        "is_key": True,
        "document": "宜扶组〔2016〕2号",
        "approved_on": date(2016, 2, 1),
        "amount_fen": MILLION,
        "village_code": village,
        "households": 40,
        "persons": 130,
    }
    return ProjectRow(**(told | more))  # type: ignore[arg-type]


def test_the_huaihua_example_adds_up(
    books: Books, keyring: Keyring, regions: RegionTree, engine: Engine
) -> None:
    desk = HelpDesk(books, keyring, regions).open("431200000000")
    file = read_sheet(EXAMPLE, forms.PROJECTS)
    office = person(14, "poverty_office", "4312")
    with counted(engine) as sent:
        assert take(desk, *file.taken(), by=office, file=FileSlip(file.name, file.sha256)) == 240
    assert len(sent) < 20
    total = desk.read(lambda s: project_figures.projects_total(s, digits="4312", key=True))
    assert (total.projects, total.villages, total.households, total.persons) == (
        13,
        240,
        11_208,
        39_679,
    )
    listed = desk.read(lambda s: project_figures.projects(s, digits="4312", on=DAY))
    assert sum(one.households for one in listed) == 11_208
    # 麻阳 has 19 of the villages, all of one project
    inside = desk.read(lambda s: project_figures.projects_total(s, digits="431226"))
    assert (inside.projects, inside.villages) == (1, 19)


def test_a_later_report_of_a_village_replaces_the_earlier_one(desk: HelpDesk) -> None:
    take(desk, project(), project(OTHER_VILLAGE, households=10, persons=30))
    assert reach(desk) == (1, 2, 50, 160)
    take(desk, project(OTHER_VILLAGE, households=12, persons=37))
    assert reach(desk) == (1, 2, 52, 167)
    take(desk, project(OTHER_VILLAGE, households=0, persons=0))
    assert reach(desk) == (1, 1, 40, 130)
    one = desk.read(lambda s: project_figures.projects(s, digits=HERE, on=DAY, key=True))[0]
    assert (one.region_code, one.villages, one.amount_fen) == ("431022000000", 1, MILLION)
    assert desk.read(lambda s: project_figures.villages_of(s, one.id, digits=HERE)) == [
        (VILLAGE, 40, 130)
    ]


def reach(desk: HelpDesk) -> tuple[int, int, int, int]:
    total = desk.read(lambda s: project_figures.projects_total(s, digits=HERE))
    return total.projects, total.villages, total.households, total.persons


def test_what_a_sheet_of_projects_may_not_say(desk: HelpDesk) -> None:
    take(desk, project())
    single: dict[type[Refusal], ProjectRow] = {
        ProjectTwice: project(name="茶叶产业扶贫项目"),
        ProjectPersonsBelowHouseholds: project(number="YZ-02", persons=39),
        VillageCodeUnknown: project("431226101201", number="YZ-02"),
        RegisteredAfterTheDay: project(number="YZ-02", approved_on=date(2017, 1, 4)),
        NotFound: project(number="YZ-02", credit_code="91431022MA4L0000X0"),
    }
    for refusal, row in single.items():
        with pytest.raises(refusal):
            take(desk, row)
    with pytest.raises(VillageOutOfScope):
        take(desk, project(number="YZ-02"), by=TOWNSHIP)
    with pytest.raises(NotEntitled):
        take(desk, project(number="YZ-02"), by=OFFICER)
    for rule, rows in {
        ProjectRowsDiffer: (project(number="A"), project(OTHER_VILLAGE, number="A", name="别名")),
        ProjectVillageTwice: (project(number="A"), project(number="A")),
    }.items():
        with pytest.raises(HouseholdSheetHasFaults) as refused:
            take(desk, *rows)
        begins = rule.zh.split("{", maxsplit=1)[0]
        assert begins in refused.value.message("zh")


def test_households_are_listed_by_name_once(desk: HelpDesk) -> None:
    one, two, gone = (desk.household(nr) for nr in (1, 2, 3))
    desk.find(gone, Status.REMOVED, date(2016, 1, 1))
    take(desk, project())

    def put(*numbers: str, project_id: int = 1, by: Actor = REGISTRAR) -> int:
        return desk.write(
            lambda session: helping.list_households(
                session, project_id, numbers, from_on=date(2016, 5, 1), on=DAY, by=by
            ),
            by,
        )

    assert put(one, two) == 2
    with pytest.raises(ProjectHouseholdTwice):
        put(one)
    with pytest.raises(NotFound):
        put(one, project_id=9)
    with pytest.raises(NotEntitled):
        put(one, by=OFFICER)
    with pytest.raises(Refusal):
        put(gone)
    figure = desk.read(lambda s: project_figures.projects(s, digits=HERE, on=DAY))[0]
    # two households of three people; what is reported stays beside it
    assert (figure.listed_households, figure.listed_persons, figure.households) == (2, 6, 40)
    listed = desk.read(lambda s: project_figures.listed_in(s, 1, digits=HERE, on=DAY))
    assert [row[2] for row in listed] == [one, two]
    desk.write(
        lambda session: helping.withdraw(
            session, "project_household", listed[0][0], reason="重名", on=DAY, by=REGISTRAR
        ),
        REGISTRAR,
    )
    assert put(one) == 1
    key = desk.id_of(one)
    told = desk.read(lambda s: help_queries.help_of(s, key, keyring=desk.keyring, on=DAY).projects)
    assert [(line.number, line.from_on) for line in told] == [("YZ-01", date(2016, 5, 1))]


@pytest.mark.damaged("what of a fund is spoken for is bent")
def test_verify_names_a_fund_whose_use_is_not_the_sum(desk: HelpDesk) -> None:
    fund_id = enter(desk)
    with desk.books.write("damage", by=FINANCE) as session:
        session.execute(update(SpecialFundUse).values(used_fen=1))
    found = desk.read(lambda session: list(room_checks.check(session)))
    assert [(one.check, one.key) for one in found] == [("households.special_funds", str(fund_id))]


PLANTED = [
    Plant(
        test_what_is_given_never_passes_the_fund,
        "households.helping.funds._move",
        lambda *_: None,
    ),
    Plant(
        test_the_shares_are_told_with_numerator_and_denominator,
        "households.helping.figures.Share.kept",
        property(lambda share: share.numerator_fen * 10_000 > 7_000 * share.denominator_fen),
    ),
    Plant(
        test_a_later_report_of_a_village_replaces_the_earlier_one,
        "households.helping.project_figures.func.max",
        min,
        catches=(Exception,),
    ),
    Plant(
        test_households_are_listed_by_name_once,
        "households.helping.projects._listed",
        lambda *_: set(),
    ),
    Plant(
        test_verify_names_a_fund_whose_use_is_not_the_sum,
        "households.helping.checks._funds",
        lambda _session: iter(()),
    ),
]


@pytest.mark.damaged("a planted bug leaves what it leaves")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, desk: HelpDesk) -> None:
    plant.prove(desk=desk)
