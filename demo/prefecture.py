"""A prefecture in the demo: its counties' books, and their closed days handed in to it as files.

Each county's books hold the households that were reviewed and nothing else: who was removed in two
rounds, and who was taken in again in a third. What the press printed for all counties together is
shared among them by their villages. The counties' books lie in a folder of their own while they are
made; what stays is the prefecture's, which has taken their files in as from any county.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import indicators
import migrations
from config.wiring import House
from demo import staff
from demo.county import County, Listed, Prefecture, Sample
from demo.desks import DESKS
from demo.make import Progress, make
from households import helping
from households.helping.finding import FileSlip
from households.sheets import read_sheet
from jobs import founding, program
from kernel.actor import system_actor
from kernel.money import split_by_weights
from kernel.regions import COUNTY, VILLAGE, RegionTree, scope_digits

#: its projects: how many, in how many villages, for whom, was printed; their names were not
_PROJECTS: Final = "huaihua-2015-projects.csv"
#: made up: ten million yuan
_FUND_FEN: Final = 1_000_000_000
#: (purpose, per cent of the fund, whether poor households share in what it builds)
_USES: Final = (("industry", 49, True), ("industry", 21, False), ("infrastructure", 30, False))


def counties(of: Prefecture, regions: RegionTree) -> list[County]:
    """Every county with its share of what was printed, by its villages."""
    places = regions.inside(of.region, COUNTY)
    weights = [len(regions.inside(place.code, VILLAGE)) for place in places]
    removed, readmitted, checked, wrong, villages = (
        split_by_weights(whole, weights)
        for whole in (of.removed, of.readmitted, of.checked, of.wrong, of.villages)
    )
    first, second, third = of.rounds
    return [
        County(
            name=f"{of.name}-{place.code[:6]}",
            region=place.code,
            townships=0,
            households=removed[nth] * 100 // of.household_size,
            persons=removed[nth],
            loans=0,
            lent_fen=0,
            opens_on=of.counties_open_on,
            closes_on=of.closes_on,
            pace=(),
            session_days=0,
            lists=(
                Listed(first, "removed", removed[nth] // 2, review=1),
                Listed(second, "removed", removed[nth] - removed[nth] // 2, review=2),
                Listed(third, "registered", readmitted[nth], review=3),
            ),
            sample=Sample(third, checked[nth], wrong[nth], villages[nth]),
            seed=of.seed + nth,
        )
        for nth, place in enumerate(places)
    ]


def make_prefecture(house: House, of: Prefecture, progress: Progress) -> None:
    """Make the counties' books one after the other, and take their last day in."""
    staff.open_offices(house, of.region)
    by = system_actor(scope_digits(of.region))
    every = counties(of, house.regions)
    with TemporaryDirectory() as folder:
        for nth, county in enumerate(every):
            name = house.regions.get(county.region).name
            progress(f"县账套 · {name}", nth, len(every))
            content = _handed_in(house, county, Path(folder))
            with house.books.write("indicators.import", by=by, reason=name) as session:
                indicators.take_in(session, content, regions=house.regions, by=by)
    progress("县账套 · counties", len(every), len(every))
    enter_projects(house, of)
    program.close_to(house, of.closes_on)


def enter_projects(house: House, of: Prefecture) -> None:
    """The prefecture's key industry projects, from the sheet that its office hands in, and a fund
    of which seven tenths go to industry and seven tenths of that to what households share in.
    """
    sheet = read_sheet(house.settings.config_dir / "examples" / _PROJECTS, helping.PROJECTS)
    by = staff.actor(house, DESKS.office)
    with house.books.write("households.help", by=by, reason=sheet.name) as session:
        helping.enter_projects(
            session,
            sheet.taken(),
            regions=house.regions,
            organisations={},
            on=of.closes_on,
            by=by,
            file=FileSlip(sheet.name, sheet.sha256),
        )
    by = staff.actor(house, DESKS.finance)
    with house.books.write("households.special_funds", by=by) as session:
        fund = helping.FundEntered(
            year=of.closes_on.year,
            document_no=f"演示市财农指〔{of.closes_on.year}〕1号",
            level="province",
            title="省级财政专项扶贫资金（演示）",
            amount_fen=_FUND_FEN,
        )
        fund_id = helping.enter_fund(session, fund, on=of.closes_on, by=by)
        for nth, (purpose, share, linked) in enumerate(_USES, start=1):
            use = helping.UseEntered(
                fund_id=fund_id,
                purpose=purpose,
                amount_fen=_FUND_FEN * share // 100,
                used_on=of.closes_on,
                document=f"演示市财农〔{of.closes_on.year}〕{nth}号",
                linked=linked,
            )
            helping.use_fund(session, use, on=of.closes_on, by=by)


def _handed_in(house: House, county: County, folder: Path) -> bytes:
    """A county's file of its last day, out of books made for it alone."""
    settings = replace(
        house.settings,
        database_url=f"sqlite:///{folder / county.region}.db",
        reports_dir=folder / "reports",
    )
    own = House(settings, house.clock)
    try:
        migrations.upgrade(own.engine)
        founding.found(
            own, region=county.region, first_day=county.opens_on, mode="held", demo=county.name
        )
        make(own, county, _silent)
        with own.books.read() as session:
            by = system_actor(scope_digits(county.region))
            return indicators.export(session, on=county.closes_on, by=by).content()
    finally:
        own.engine.dispose()


_silent: Callable[[str, int, int], None] = lambda _phase, _done, _of: None  # noqa: E731
