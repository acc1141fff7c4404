"""A house from founding to its reports: what the close does with the rooms' own steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from jobs import founding, program, reports, timetable, verify
from jobs.refusals import BooksAlreadyFounded, DayNotOver
from kernel.append_only import unprotect
from kernel.findings import Finding
from kernel.regions import UnknownRegion
from tests.conftest import NOON, Clock
from tests.verification import rooms_with_checks

YIZHANG = "431022000000"
#: the day on which the test clock stands, in the county
TODAY = date(2017, 6, 1)


def found(house: House, *, first_day: date = date(2017, 5, 29), mode: str = "held") -> None:
    founding.found(house, region=YIZHANG, first_day=first_day, mode=mode)


def test_books_are_founded_once(house: House) -> None:
    assert not founding.is_founded(house)
    found(house)
    assert founding.is_founded(house)
    with pytest.raises(BooksAlreadyFounded):
        found(house)


def test_books_are_founded_for_a_region_that_exists(house: House) -> None:
    with pytest.raises(UnknownRegion):
        founding.found(house, region="990000000000", first_day=TODAY, mode="held")
    assert not founding.is_founded(house)


def test_live_books_do_not_begin_tomorrow(house: House) -> None:
    with pytest.raises(DayNotOver):
        found(house, first_day=TODAY + timedelta(days=1), mode="live")


def test_a_quiet_month_closes_with_the_rooms_own_steps(house: House) -> None:
    found(house)
    done = program.close_to(house, date(2017, 6, 30))
    assert len(done) == 33  # 29, 30, 31 May and the 30 days of June
    assert done[0].counts == {"loans": 0}


# --- reports ------------------------------------------------------------------------------------


def test_a_report_names_the_day_the_rules_and_the_root(house: House) -> None:
    found(house)
    done = program.close_day(house, date(2017, 5, 29))
    assert reports.deliver(house) == 1
    (file,) = house.settings.reports_dir.iterdir()
    written = file.read_text("utf-8")
    for part in (
        "宜章县 日终报告",
        "营业日　　　2017-05-29",
        # the test clock stands at 04:00 UTC, noon in the county
        "日终时间　　2017-06-01 12:00:00",
        f"留痕根　　　{done.root}",
        f"规则集摘要　{house.rulebook.digest()}",
        "处理借款合同　0笔",
    ):
        assert part in written


def test_a_report_is_delivered_once_and_a_second_time_changes_nothing(house: House) -> None:
    found(house)
    done = program.close_day(house, date(2017, 5, 29))
    assert reports.deliver(house) == 1
    assert reports.deliver(house) == 0
    with house.books.read() as session:
        text_ = reports.report(session, house.regions, done.day)
    (file,) = house.settings.reports_dir.iterdir()
    again = reports.file_report(file.parent, done.day, int(file.stem.rpartition("-")[2]), text_)
    assert again == file
    assert [file] == list(file.parent.iterdir())


def test_a_report_that_cannot_be_written_waits(house: House) -> None:
    found(house)
    program.close_day(house, date(2017, 5, 29))
    house.settings.reports_dir.write_text("a file stands where the folder should")
    with pytest.raises(FileExistsError):
        reports.deliver(house)
    house.settings.reports_dir.unlink()
    assert reports.deliver(house) == 1


# --- the timetable ------------------------------------------------------------------------------


def test_a_sweep_closes_what_is_over_and_no_more(house: House) -> None:
    found(house, mode="live")
    assert [one.day.day for one in timetable.sweep(house)] == [29, 30, 31]
    assert timetable.sweep(house) == []
    assert len(list(house.settings.reports_dir.iterdir())) == 3


def test_a_sweep_leaves_held_books_alone(house: House) -> None:
    found(house)
    assert timetable.sweep(house) == []
    with house.books.read() as session:
        assert ledger.open_day(session) == date(2017, 5, 29)


def test_a_clock_set_back_closes_nothing_twice(house: House, clock: Clock) -> None:
    found(house, mode="live")
    timetable.sweep(house)
    clock.now = NOON - timedelta(days=1)
    assert timetable.sweep(house) == []
    with house.books.read() as session:
        assert ledger.open_day(session) == TODAY


def test_the_timetable_runs_in_the_county_s_time(house: House) -> None:
    scheduler = timetable.background(house)
    scheduler.start(paused=True)
    (job,) = scheduler.get_jobs()
    scheduler.shutdown(wait=True)
    assert str(scheduler.timezone) == "Asia/Shanghai"
    assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, 240)


def test_a_scheduler_sweeps_at_once(house: House) -> None:
    found(house, mode="live")
    scheduler = timetable.background(house)
    scheduler.start()
    scheduler.shutdown(wait=True)
    with house.books.read() as session:
        assert ledger.open_day(session) == TODAY


# --- verify -------------------------------------------------------------------------------------


def test_clean_books_verify(house: House) -> None:
    found(house)
    root = program.close_day(house, date(2017, 5, 29)).root
    result = verify.run(house, root)
    assert (result.findings, result.notes) == ([], [])


def test_verify_asks_every_room_that_can_be_asked() -> None:
    asked = {check.__module__.split(".")[0] for check in verify.ROOM_CHECKS}
    assert asked == set(rooms_with_checks())


def test_without_the_key_the_chain_counts_as_unchecked(house: House) -> None:
    found(house)
    keyless = House(
        type(house.settings)(
            **{
                name: getattr(house.settings, name)
                for name in house.settings.__dataclass_fields__
                if name != "keys"
            },
            keys=None,
        ),
        house.clock,
    )
    assert [finding.check for finding in verify.run(keyless).findings] == ["trail.key"]
    keyless.engine.dispose()


def test_a_root_that_the_trail_does_not_hold_is_found(house: House) -> None:
    found(house)
    program.close_day(house, date(2017, 5, 29))
    (finding,) = verify.run(house, "0" * 63 + "1").findings
    assert finding.check == "trail.chain"


@pytest.mark.damaged("a trigger is dropped")
def test_a_missing_trigger_is_found(house: House) -> None:
    found(house)
    with house.engine.begin() as connection:
        unprotect(connection, ["postings"])
    (finding,) = verify.run(house).findings
    assert (finding.check, finding.table) == ("kernel.append_only", "postings")


@pytest.mark.damaged("a day is opened again behind the books' back")
def test_a_closed_day_that_is_opened_again_is_found(house: House) -> None:
    found(house)
    program.close_to(house, date(2017, 5, 30))
    with house.engine.begin() as connection:
        connection.execute(
            text("UPDATE business_days SET state = 'closing' WHERE day = '2017-05-30'")
        )
    assert {f.check for f in verify.run(house).findings} == {"jobs.closings"}


@pytest.mark.damaged("a closing loses its job")
def test_a_job_that_disagrees_is_found(house: House) -> None:
    found(house)
    program.close_to(house, date(2017, 5, 30))
    with house.engine.begin() as connection:
        connection.execute(text("UPDATE job_runs SET counts = '{}'"))
    keys = [f.key for f in verify.run(house).findings]
    assert keys == ["day=2017-05-29", "day=2017-05-30"]


def test_a_check_that_breaks_is_a_finding_and_the_rest_is_still_asked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(house)

    def breaks(session: Session) -> Iterator[Finding]:
        session.execute(text("SELECT no_such_column FROM accounts"))
        yield from ()

    def asked(session: Session) -> Iterator[Finding]:
        session.execute(text("SELECT 1"))
        yield Finding("the.next", "t", "k", "zh", "en")

    monkeypatch.setattr(verify, "ROOM_CHECKS", (breaks, asked))
    assert [f.check for f in verify.run(house).findings] == ["jobs.verify", "the.next"]
