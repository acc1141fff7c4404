"""Special funds in the demo, what they are given to, and the industry projects they pay for.

Of ten million yuan seven go to industry, and of these five where poor households share in what is
built: above seven tenths and seven tenths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.desks import DESKS, Agenda, AtDesks
from demo.papers import write_sheet
from demo.people import Family
from households import helping
from households.helping.finding import FileSlip
from households.models.helping import IndustryProject
from households.sheets import read_sheet
from kernel.actor import Actor
from kernel.money import format_yuan
from organisations.models import Organisation

#: days before the last one
_ENTERED: Final = 66
_PROJECTED: Final = 58
_GIVEN: Final = 50
#: level, title, yuan
_FUNDS: Final = (
    ("central", "中央财政专项扶贫资金（演示）", 6_000_000),
    ("province", "省级财政专项扶贫资金（演示）", 3_000_000),
    ("county", "县级财政配套扶贫资金（演示）", 1_000_000),
)
#: name, industry, yuan, with an enterprise
_PROJECTS: Final = (
    ("脐橙标准园建设（演示）", "种植", 3_000_000, True),
    ("茶叶低改和初加工（演示）", "种植", 2_000_000, True),
    ("生猪代养圈舍（演示）", "养殖", 2_000_000, False),
)
#: fund, purpose, yuan, linked, project
_USES: Final = (
    (0, "industry", 3_000_000, True, 0),
    (0, "industry", 2_000_000, True, 1),
    (1, "industry", 2_000_000, False, 2),
    (0, "infrastructure", 1_000_000, False, None),
    (1, "education", 600_000, False, None),
    (2, "housing", 700_000, False, None),
)
#: of a village's households, how many a project lists by name
_LISTED: Final = 12


class SpecialMoney(AtDesks):
    """Puts special funds and projects on the agenda."""

    def __init__(self, maker: Agenda, villages: Mapping[str, Sequence[Family]]) -> None:
        super().__init__(maker)
        self._villages = villages
        self._funds: list[int] = []

    def plan(self) -> None:
        """The documents, the projects, what each gets."""
        self._maker.put(self._before(_ENTERED), self._enter)
        self._maker.put(self._before(_PROJECTED), self._project)
        self._maker.put(self._before(_GIVEN), self._give)

    def _enter(self, on: date) -> None:
        def enter(session: Session, on: date, by: Actor) -> list[int]:
            return [
                helping.enter_fund(
                    session,
                    helping.FundEntered(
                        year=on.year,
                        document_no=f"演示财农指〔{on.year}〕{nth}号",
                        level=level,
                        title=title,
                        amount_fen=yuan * 100,
                    ),
                    on=on,
                    by=by,
                )
                for nth, (level, title, yuan) in enumerate(_FUNDS, start=1)
            ]

        self._funds = self._do("households.special_funds", DESKS.finance, enter, on)

    def _project(self, on: date) -> None:
        path = self._maker.folder / f"产业项目-{on}.csv"
        with self._house.books.read() as session:
            runner = session.execute(
                select(Organisation.credit_code, Organisation.id)
                .where(Organisation.kind == "enterprise")
                .order_by(Organisation.id)
                .limit(1)
            ).one()
        rows = [
            (
                _number(nth), name, industry, "是" if nth == 0 else "否",
                f"演示县扶项〔{on.year}〕{nth + 1}号", on.isoformat(), format_yuan(yuan * 100),
                runner.credit_code if linked else "", code, len(inside),
                sum(len(one.members) for one in inside),
            )
            for nth, (name, industry, yuan, linked) in enumerate(_PROJECTS)
            for code, inside in self._villages.items()
        ]  # fmt: skip
        write_sheet(path, [column.title for column in helping.PROJECTS.columns], rows)
        file = read_sheet(path, helping.PROJECTS)
        path.unlink()

        def enter(session: Session, on: date, by: Actor) -> None:
            helping.enter_projects(
                session,
                file.taken(),
                regions=self._house.regions,
                organisations={runner.credit_code: runner.id},
                on=on,
                by=by,
                file=FileSlip(file.name, file.sha256),
            )
            listed = [one.number for one in next(iter(self._villages.values()))][:_LISTED]
            helping.list_households(
                session, _projects(session)[0], listed, from_on=on, on=on, by=by
            )

        self._do("households.help", DESKS.office, enter, on)

    def _give(self, on: date) -> None:
        def give(session: Session, on: date, by: Actor) -> None:
            projects = _projects(session)
            for nth, (fund, purpose, yuan, linked, project) in enumerate(_USES, start=1):
                use = helping.UseEntered(
                    fund_id=self._funds[fund],
                    purpose=purpose,
                    amount_fen=yuan * 100,
                    used_on=on,
                    document=f"演示财农〔{on.year}〕{nth}号",
                    linked=linked,
                    project_id=None if project is None else projects[project],
                )
                helping.use_fund(session, use, on=on, by=by)

        self._do("households.special_funds", DESKS.finance, give, on)


def _number(nth: int) -> str:
    return f"YSXM-{nth + 1:02d}"


def _projects(session: Session) -> list[int]:
    numbers = [_number(nth) for nth in range(len(_PROJECTS))]
    rows = session.execute(
        select(IndustryProject.number, IndustryProject.id).where(
            IndustryProject.number.in_(numbers)
        )
    )
    known = {row[0]: row[1] for row in rows}
    return [known[number] for number in numbers]
