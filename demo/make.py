"""Making a demo: the county's calendar worked through, day by day, at the desks that people use.

Each day's tasks are done on the open business day by the person whose desk it is, from a file where
people hand in a file; then the day is closed. What a task leaves for a later one (a proposal to be
decided, contract numbers) is put on the agenda of the later day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import credit
import loans
from config.wiring import House
from credit import Scheme
from demo import lending, papers, people, rating, staff
from demo.county import County
from demo.desks import Signed
from demo.findings import Findings
from demo.lending import Candidate, Planned, Sitting
from demo.linking import Linking
from demo.people import Family
from demo.staff import Lender
from demo.treasury import Treasury
from demo.village_life import VillageLife
from households import imports
from jobs import program
from kernel.actor import Actor
from kernel.dates import add_months
from kernel.regions import TOWNSHIP, scope_digits
from loans import files

SCHEME = "hunan-433"
#: (what is being done, how far, of how much)
Progress = Callable[[str, int, int], None]
Task = Callable[[date], None]


@dataclass
class Maker:
    """Works through the calendar of one county."""

    house: House
    county: County
    folder: Path
    progress: Progress
    lenders: dict[str, Lender]
    families: list[Family]
    scheme: Scheme
    actors: dict[str, Actor] = field(default_factory=dict)
    agenda: dict[date, list[Task]] = field(default_factory=lambda: defaultdict(list))
    vouchers: int = 0
    #: loans signed so far
    signed: list[Signed] = field(default_factory=list)
    #: what happens beside the agenda, every day
    daily: Task = lambda _day: None

    def work(self) -> None:
        """Every task on its day, every day closed, to the last."""
        closer = program.closer(self.house)
        days = (self.county.closes_on - self.county.opens_on).days + 1
        for nth in range(days):
            day = self.county.opens_on + timedelta(days=nth)
            for task in self.agenda.pop(day, []):
                task(day)
            self.daily(day)
            closer.close_day(day)
            self.progress(f"逐日办理 · {day}", nth + 1, days)

    # --- the register ---------------------------------------------------------------------------

    def register(self, on: date) -> None:
        """The registrar hands in the county's register, looks at the preview, and applies it."""
        path = self.folder / "建档立卡名册.csv"
        papers.write_register(path, self.families)
        office = imports.Office(
            self.house.books, self.house.regions, self.house.keyring, self.county.region
        )
        by = self.actor("jiandang")

        def show(done: int, of: int) -> None:
            self.progress("导入名册 · register", done, of)

        batch_id, report = imports.stage(office, path, on=on, by=by, progress=show)
        if not report.clean:
            raise AssertionError(f"the demo's register has faults: {report.findings[:3]}")
        imports.apply(office, batch_id, on=on, by=by)

    # --- ratings --------------------------------------------------------------------------------

    def propose_ratings(self, lender: Lender, digits: str) -> Task:
        """The officer hands in a township's sheets."""

        def task(on: date) -> None:
            path = self.folder / f"评级-{digits}-{on}.csv"
            papers.write_ratings(path, self._rated(digits))
            by = self.actor(lender.officer)
            with self.house.books.write("credit.propose", by=by) as session:
                file = credit.read_file(
                    session, path, scheme=self.scheme, name=path.name, on=on, by=by
                )
                proposed = credit.propose_file(
                    session,
                    file,
                    scheme=self.scheme,
                    on=on,
                    by=by,
                    institution_id=lender.organisation_id,
                )
            path.unlink()
            waiting = [one.proposal_id for one in proposed]
            self.put(self._next(on), self.confirm_ratings(lender, waiting))

        return task

    def confirm_ratings(self, lender: Lender, proposals: Sequence[int]) -> Task:
        """The checker confirms them, a village at a time."""

        def task(on: date) -> None:
            by = self.actor(lender.checker)
            months = self.house.rulebook.conduct(on=on, region=self.county.region)
            for proposal_id in proposals:
                with self.house.books.write("credit.confirm", by=by) as session:
                    credit.decide(
                        session,
                        proposal_id=proposal_id,
                        approved=True,
                        validity_months=months.rating_validity_months.value,
                        on=on,
                        by=by,
                    )

        return task

    def _rated(self, digits: str) -> Iterator[Family]:
        return (
            family
            for family in self.families
            if family.village_code.startswith(digits) and is_rated(family)
        )

    # --- loans ----------------------------------------------------------------------------------

    def apply(self, sitting: Sitting, asked: Sequence[Planned]) -> Task:
        """The officer hands in a sheet of applications."""

        def task(on: date) -> None:
            lender = self.lenders[sitting.lender]
            path = self.folder / f"申请-{lender.code}-{on}.csv"
            papers.write_applications(path, asked, self._rates(sitting, asked))
            by = self.actor(lender.officer)
            rows = files.read_applications(path).taken()
            with self.house.books.write("loans.apply", by=by, reason=path.name) as session:
                sheet_id = loans.apply_sheet(
                    session,
                    lender_id=lender.organisation_id,
                    rows=rows,
                    rulebook=self.house.rulebook,
                    keyring=self.house.keyring,
                    on=on,
                    by=by,
                )
            path.unlink()
            self.put(sitting.decide_on, self.decide(lender, sheet_id))
            self.put(sitting.sign_on, self.sign(lender, sheet_id, asked))

        return task

    def decide(self, lender: Lender, sheet_id: int) -> Task:
        """The director approves it."""

        def task(on: date) -> None:
            by = self.actor(lender.director)
            with self.house.books.write("loans.approve", by=by) as session:
                loans.decide_sheet(session, sheet_id=sheet_id, approved=True, on=on, by=by)

        return task

    def sign(self, lender: Lender, sheet_id: int, asked: Sequence[Planned]) -> Task:
        """Contracts are signed, and paid out from a list with vouchers."""

        def task(on: date) -> None:
            by = self.actor(lender.officer)
            with self.house.books.write("loans.sign", by=by) as session:
                numbers = loans.sign_sheet(
                    session, sheet_id=sheet_id, rulebook=self.house.rulebook, on=on, by=by
                )
            path = self.folder / f"放款-{lender.code}-{on}.csv"
            amounts = [one.amount_fen for one in asked]
            papers.write_payments(path, self._payments(lender, numbers, amounts, "FK"))
            draws = files.read_disbursements(path).taken()
            with self.house.books.write("loans.disburse", by=by, reason=path.name) as session:
                loans.disburse_many(
                    session,
                    draws=draws,
                    calendar=self.house.calendar,
                    rulebook=self.house.rulebook,
                    papers=self.house.papers,
                    on=on,
                    by=by,
                )
            path.unlink()
            self._expect(lender, numbers, asked, on)

        return task

    def repay(self, lender: Lender, numbers: Sequence[str], amounts: Sequence[int]) -> Task:
        """What falls due on the day comes in, from a list with vouchers."""

        def task(on: date) -> None:
            by = self.actor(lender.officer)
            path = self.folder / f"还款-{lender.code}-{on}.csv"
            papers.write_payments(path, self._payments(lender, numbers, amounts, "HK"))
            payments = files.read_repayments(path).taken()
            with self.house.books.write("loans.repay", by=by, reason=path.name) as session:
                loans.repay_many(
                    session, payments_in=payments, calendar=self.house.calendar, on=on, by=by
                )
            path.unlink()

        return task

    def _expect(
        self, lender: Lender, numbers: Sequence[str], asked: Sequence[Planned], on: date
    ) -> None:
        """Note who has borrowed; put the repayment of loans that end in time on the agenda."""
        ending: dict[date, list[tuple[str, int]]] = defaultdict(list)
        for number, one in zip(numbers, asked, strict=True):
            ends_on = add_months(on, one.term_months)
            self.signed.append(Signed(one.family, number, one.amount_fen, on, ends_on))
            ending[ends_on].append((number, one.amount_fen))
        for day, due in ending.items():
            if day <= self.county.closes_on:
                self.put(day, self.repay(lender, *zip(*due, strict=True)))

    def _rates(self, sitting: Sitting, asked: Sequence[Planned]) -> list[int]:
        """The benchmark, as it stands when the loan is asked for and when it is signed."""
        caps: dict[int, int] = {}
        for months in {one.term_months for one in asked}:
            found = [self._cap(day, months) for day in (sitting.apply_on, sitting.sign_on)]
            caps[months] = min(found)
        return [caps[one.term_months] for one in asked]

    def _cap(self, on: date, months: int) -> int:
        rulebook = self.house.rulebook
        terms = rulebook.contract_terms(on=on, region=self.county.region)
        cap = rulebook.rate_cap_ppm(on, months, terms).ppm
        assert cap is not None
        return cap

    def _payments(
        self, lender: Lender, numbers: Sequence[str], amounts: Sequence[int], series: str
    ) -> list[tuple[str, int, str]]:
        found = []
        for number, fen in zip(numbers, amounts, strict=True):
            self.vouchers += 1
            found.append((number, fen, f"{series}{lender.code.upper()}{self.vouchers:07d}"))
        return found

    # --- the agenda -----------------------------------------------------------------------------

    def put(self, day: date, task: Task) -> None:
        """Do this on that day."""
        self.agenda[day].append(task)

    def _next(self, on: date) -> date:
        return self.house.calendar.next_working_day(on + timedelta(days=1))

    def actor(self, login: str) -> Actor:
        """The person behind an account."""
        if login not in self.actors:
            self.actors[login] = staff.actor(self.house, login)
        return self.actors[login]


def make(house: House, county: County, progress: Progress) -> list[Lender]:
    """Work through a county in founded, empty books; its lenders."""
    with peopled(house, county, progress) as maker:
        _fill_agenda(maker)
        maker.work()
        return [*maker.lenders.values()]


@contextmanager
def peopled(house: House, county: County, progress: Progress) -> Iterator[Maker]:
    """A county with its people and its desks, and an empty agenda."""
    progress("编造农户 · people", 0, 1)
    families = list(people.families(county, house.regions))
    progress("编造农户 · people", 1, 1)
    lenders = staff.hire(house, county, staff.lenders(house, county))
    with TemporaryDirectory() as folder:
        yield Maker(
            house=house,
            county=county,
            folder=Path(folder),
            progress=progress,
            lenders={lender.code: lender for lender in lenders},
            families=families,
            scheme=credit.load_schemes(house.settings.config_dir / "ratings")[SCHEME],
        )


def is_rated(family: Family) -> bool:
    """Households that the state keeps are not rated."""
    return family.attribute != "五保贫困户"


def _fill_agenda(maker: Maker) -> None:
    county = maker.county
    maker.agenda[county.opens_on].append(maker.register)
    borrowers = _fill_with_lending(maker) if county.loans else set()
    if county.contributions:
        Treasury(maker).plan()
    findings = Findings(maker, maker.families, borrowers)
    findings.plan()
    if county.linkage:
        Linking(maker, county.linkage, maker.families).plan()
    if county.village_life:
        VillageLife(maker, maker.families, borrowers, findings).plan()


def _fill_with_lending(maker: Maker) -> set[str]:
    """Ratings, and the loans that rest on them; the numbers of those who borrow."""
    house, county = maker.house, maker.county
    townships = house.regions.inside(county.region, TOWNSHIP)[: county.townships or None]
    digits = [scope_digits(township.code) for township in townships]
    days = rating.campaign(county, digits, house.calendar)
    at = {township: lender for lender in maker.lenders.values() for township in lender.townships}
    for township, rounds in days.items():
        for day in rounds:
            maker.agenda[day].append(maker.propose_ratings(at[township], township))
    meetings = {
        code: lending.sittings(county, code, nth, house.calendar)
        for nth, code in enumerate(maker.lenders)
    }
    candidates = _candidates(maker, at, days)
    borrowers: set[str] = set()
    for sitting, asked in lending.plan(county, candidates, meetings, house.calendar):
        maker.agenda[sitting.apply_on].append(maker.apply(sitting, asked))
        borrowers.update(one.family.number for one in asked)
    return borrowers


def _candidates(
    maker: Maker, at: dict[str, Lender], days: dict[str, list[date]]
) -> Iterator[Candidate]:
    """Households whose rating will earn a line; confirmed the working day after it is proposed."""
    for family in maker.families:
        township = family.village_code[:9]
        if not days[township] or not is_rated(family):
            continue
        answers = {
            "reputation": family.reputation,
            "performance": family.performance,
            "labourers": str(family.labourers),
            "income_per_head": f"{family.income_per_head}.00",
        }
        line_fen = maker.scheme.assess(answers).line_fen
        if line_fen:
            confirmed = maker.house.calendar.next_working_day(days[township][0] + timedelta(days=1))
            yield Candidate(family, at[township].code, line_fen, confirmed)
