"""Help in the demo: helpers paired with a village's households, their visits, the ten measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from demo.desks import DESKS, Agenda, AtDesks, Step
from demo.papers import write_sheet
from demo.people import Family
from households import helping
from households.helping.finding import FileSlip
from households.sheets import SheetForm, read_sheet
from kernel.actor import Actor
from kernel.money import format_yuan

#: days before the last one
_PAIRED: Final = 100
_VISITED: Final = (70, 40, 12)
_MEASURED: Final = 30
#: how many households are helped
_HELPED: Final = 24
#: name, unit, level, phone of a range for machines; one in turn for each household
_HELPERS: Final = (
    ("曹建军", "县农业局（演示）", "县直", "14100000011"),
    ("邓丽霞", "乡扶贫站（演示）", "乡镇", "14100000012"),
    ("欧永红", "村民委员会（演示）", "村级", "14100000013"),
    ("肖志强", "市供销社（演示）", "市直", "14100000014"),
)
_DONE: Final = (
    "上门了解生产情况，核对家庭人口和收入，讲解小额信贷和贴息政策",
    "送种苗和技术资料，查看圈舍，约定下月培训",
    "了解子女上学和医药费用，帮助申报补助",
)


@dataclass(frozen=True, slots=True)
class Given:
    """A measure as the demo gives it: what, and how much, yuan."""

    measure: str
    detail: str
    yuan: int = 0


_MEASURES: Final = (
    Given("industry", "发放种苗和肥料", 1_800),
    Given("microcredit", "评级授信，上门办理小额信贷"),
    Given("employment", "安排公益性岗位（护林员）", 3_000),
    Given("education", "雨露计划，子女就学补助", 1_500),
    Given("health", "代缴城乡居民医疗保险", 440),
    Given("relocation", "列入易地搬迁安置，签订协议"),
    Given("housing", "危房改造补助", 12_000),
    Given("guarantee", "纳入农村低保，按月发放", 2_640),
    Given("infrastructure", "入户道路硬化，接通自来水"),
    Given("pairing", "落实帮扶责任人，建立联系卡"),
)


class Helping(AtDesks):
    """Puts help for a village on the agenda."""

    def __init__(self, maker: Agenda, families: Sequence[Family]) -> None:
        super().__init__(maker)
        self._families = list(families)[:_HELPED]

    def plan(self) -> None:
        """Paired, visited three times, measures told by sheet."""
        self._maker.put(self._before(_PAIRED), self._pair)
        for nth, days in enumerate(_VISITED):
            self._maker.put(self._before(days), partial(self._visit, nth))
        self._maker.put(self._before(_MEASURED), self._measure)

    def _pair(self, on: date) -> None:
        rows: list[Sequence[object]] = []
        for nth, family in enumerate(self._families):
            name, unit, level, phone = _HELPERS[nth % len(_HELPERS)]
            document = f"演示县扶领发〔{on.year}〕帮1号"
            rows.append((family.number, name, unit, level, on.isoformat(), document, phone))

        def taken(found: list[Any], slip: FileSlip) -> Step:
            return lambda session, on, by: helping.pair(
                session, found, keyring=self._house.keyring, on=on, by=by, file=slip
            )

        self._hand_in(helping.PAIRS, rows, taken, on)

    def _visit(self, nth: int, on: date) -> None:
        visited = self._families[nth:] if nth < 2 else self._families[::2]
        rows = [
            (one.number, (on - timedelta(days=place % 4)).isoformat(), _DONE[nth])
            for place, one in enumerate(visited)
        ]

        def taken(found: list[Any], slip: FileSlip) -> Step:
            return lambda session, on, by: helping.note_visits(
                session, found, on=on, by=by, file=slip
            )

        self._hand_in(helping.VISITS, rows, taken, on)

    def _measure(self, on: date) -> None:
        def taken(found: list[Any], slip: FileSlip) -> Step:
            rules = self._house.help_rules
            return lambda session, on, by: helping.note_measures(
                session, found, rules=rules, on=on, by=by, file=slip
            )

        self._hand_in(helping.MEASURES, list(self._measures(on)), taken, on)

    def _measures(self, on: date) -> Iterator[Sequence[object]]:
        """All ten for the first household, some for the others."""
        since = self._before(_PAIRED)
        for place, family in enumerate(self._families):
            every = range(len(_MEASURES))
            told = every if place == 0 else sorted({(place + step) % 10 for step in (0, 3, 5)})
            for nth in told:
                one = _MEASURES[nth]
                yuan = format_yuan(one.yuan * 100) if one.yuan else ""
                day = since + timedelta(days=7 * (nth % 8))
                yield family.number, one.measure, str(on.year), day.isoformat(), one.detail, yuan

    def _hand_in(
        self,
        form: SheetForm[Any],
        rows: Sequence[Sequence[object]],
        taken: Any,
        on: date,
    ) -> None:
        """The village clerk hands a sheet in."""
        path = self._maker.folder / f"{form.title}-{on}.csv"
        write_sheet(path, [column.title for column in form.columns], rows)
        file = read_sheet(path, form)
        path.unlink()
        step: Step = taken(file.taken(), FileSlip(file.name, file.sha256))

        def work(session: Session, on: date, by: Actor) -> object:
            return step(session, on, by)

        self._do("households.help", DESKS.village, work, on)
