"""The commands that found, close, verify, back up and restore; and the people who may log in."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

import migrations
from config.settings import ROOT, Settings
from config.wiring import House
from jobs import archive
from jobs.models import Closing
from jobs.refusals import BackupAltered
from kernel.actor import Actor
from kernel.database import open_engine
from kernel.vault import Keyring
from office import people
from office.models import Person, UserAccount
from tests.conftest import NOON, Clock
from tests.databases import Maker
from web.cli import fupin

Run = Callable[..., Result]

PASSWORD = "correct horse battery"
FOUND = ("init", "--region", "431022000000", "--first-day", "2017-05-29", "--held")


@pytest.fixture
def new_house(
    blank_database_url: str, clock: Clock, tmp_path: Path, shelf: dict[str, object]
) -> Iterator[House]:
    """A house of which nothing stands yet: no key, no table."""
    settings = Settings(
        database_url=blank_database_url,
        key_file=tmp_path / "keys" / "fupin.json",
        keys=None,
        config_dir=ROOT / "config",
        reports_dir=tmp_path / "reports",
        listen="127.0.0.1:0",
    )
    made = House(settings, clock)
    vars(made).update(shelf)
    yield made
    made.engine.dispose()


@pytest.fixture
def run(new_house: House) -> Run:
    """Runs a command of ``fupin`` in that house."""

    def run(*arguments: str, stdin: str = "", house: House = new_house) -> Result:
        return CliRunner().invoke(fupin, list(arguments), obj=house, input=stdin)

    return run


@pytest.fixture
def founded(run: Run) -> Run:
    """The same, after ``fupin init``."""
    result = run(*FOUND)
    assert result.exit_code == 0, result.output
    return run


# --- init ---------------------------------------------------------------------------------------


def test_init_makes_keys_tables_and_books_and_says_what_next(run: Run, new_house: House) -> None:
    result = run(*FOUND)
    assert result.exit_code == 0
    assert "宜章县（431022000000）账套已建立，首个营业日2017-05-29" in result.output
    assert str(new_house.settings.key_file) in result.output
    assert "fupin user add" in result.output
    assert migrations.current(new_house.engine) == migrations.revisions()[-1]
    with new_house.books.read() as session:
        assert session.scalar(select(UserAccount.id)) is None


def test_init_refuses_to_run_twice(founded: Run) -> None:
    again = founded(*FOUND)
    assert again.exit_code == 1
    assert "账套已建立" in again.output


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--region", "431099000000", "--first-day", "2017-05-29"), 1),
        (("--region", "431022000000", "--first-day", "29.5.2017"), 1),
        (("--region", "431022000000"), 2),
    ],
)
def test_init_refuses_what_is_no_place_or_day_and_leaves_nothing(
    run: Run, new_house: House, arguments: tuple[str, ...], status: int
) -> None:
    assert run("init", *arguments).exit_code == status
    assert not new_house.settings.key_file.exists()
    assert migrations.current(new_house.engine) is None


def test_init_keeps_an_existing_key(run: Run, new_house: House) -> None:
    ring = Keyring.create(new_house.settings.key_file)
    result = run(*FOUND)
    assert result.exit_code == 0
    assert "密钥文件" not in result.output
    assert new_house.keyring.fingerprint == ring.fingerprint


def test_before_init_the_commands_say_so(run: Run, new_house: House) -> None:
    Keyring.create(new_house.settings.key_file)
    migrations.upgrade(new_house.engine)
    for command in ("close-day", "verify", "jobs"):
        result = run(command)
        assert result.exit_code == 1
        assert "fupin init" in result.output


# --- close-day ----------------------------------------------------------------------------------


def test_close_day_closes_one_day_and_prints_the_root(founded: Run, new_house: House) -> None:
    result = founded("close-day")
    assert result.exit_code == 0
    assert "已日终至2017-05-29" in result.output
    with new_house.books.read() as session:
        assert session.scalars(select(Closing.day)).all() == [date(2017, 5, 29)]
    assert len(list(new_house.settings.reports_dir.iterdir())) == 1


def test_close_day_to_a_day_closes_all_in_between(founded: Run) -> None:
    result = founded("close-day", "--to", "2017-06-02", "--json")
    days = [one["day"] for one in json.loads(result.output)["closed"]]
    assert days == ["2017-05-29", "2017-05-30", "2017-05-31", "2017-06-01", "2017-06-02"]


def test_closing_a_closed_day_says_so_and_succeeds(founded: Run) -> None:
    founded("close-day")
    again = founded("close-day", "--to", "2017-05-29")
    assert again.exit_code == 0
    assert "2017-05-29已日终" in again.output
    as_json = json.loads(founded("close-day", "--to", "2017-05-29", "--json").output)
    assert as_json["closed"] == []


def test_live_books_close_what_is_over_and_refuse_today(run: Run) -> None:
    run(*FOUND[:-1], "--live")
    assert "共3日" in run("close-day").output  # 29, 30, 31 May; the clock stands on 1 June
    refused = run("close-day", "--to", "2017-06-01")
    assert refused.exit_code == 1
    assert "不能提前日终" in refused.output


# --- verify, jobs -------------------------------------------------------------------------------


def test_verify_is_clean_after_a_close_and_knows_its_root(founded: Run) -> None:
    closed = json.loads(founded("close-day", "--json").output)["closed"][0]
    result = founded("verify", "--root", closed["root"], "--json")
    assert result.exit_code == 0
    assert json.loads(result.output) == {"clean": True, "findings": [], "notes": []}
    assert founded("verify", "--root", "1" * 64).exit_code == 1


def test_verify_without_the_key_says_what_it_could_not_check(
    founded: Run, new_house: House, clock: Clock
) -> None:
    new_house.settings.key_file.unlink()
    keyless = House(new_house.settings, clock)
    result = founded("verify", house=keyless)
    keyless.engine.dispose()
    assert result.exit_code == 1
    assert "没有密钥" in result.output


def test_jobs_sweep_live_books_and_leave_held_ones(run: Run) -> None:
    run(*FOUND)
    assert "手动账" in run("jobs", "--once").output


def test_jobs_once_catches_up(run: Run) -> None:
    run(*FOUND[:-1], "--live")
    assert "日终3日" in run("jobs", "--once").output
    assert "日终0日" in run("jobs", "--once").output


# --- user ---------------------------------------------------------------------------------------

ADD = ("user", "add", "zhang", "--name", "张三", "--role", "loan_officer", "--password-stdin")


def test_a_user_is_added_with_the_whole_books_in_sight(
    founded: Run, new_house: House, system: Actor
) -> None:
    assert founded(*ADD, stdin=PASSWORD + "\n").exit_code == 0
    with new_house.books.write("office.try", by=system) as session:
        account = people.check_password(session, login="zhang", password=PASSWORD, now=NOON)
        assert account is not None
        assert (account.region_scope, account.roles) == ("431022", "loan_officer")


@pytest.mark.parametrize(
    ("arguments", "stdin", "word"),
    [
        ((*ADD[:6], "system", ADD[-1]), PASSWORD, "岗位"),
        (ADD, "short", "12"),
        ((*ADD, "--region", "430000000000"), PASSWORD, "没有找到"),
        ((*ADD, "--institution", "91430000000000000X"), PASSWORD, "没有找到"),
        ((*ADD, "--identity-number", "431099198001010010"), PASSWORD, "身份证"),
    ],
)
def test_a_user_that_cannot_be_is_refused(
    founded: Run, new_house: House, arguments: tuple[str, ...], stdin: str, word: str
) -> None:
    result = founded(*arguments, stdin=stdin + "\n")
    assert result.exit_code == 1
    assert word in result.output
    with new_house.books.read() as session:
        assert session.scalar(select(Person.id)) is None
        assert session.scalar(select(UserAccount.id)) is None


def test_two_accounts_with_one_identity_number_are_one_person(
    founded: Run, new_house: House
) -> None:
    number = "431099198001010016"
    for login in ("zhang", "zhang-2"):
        arguments = ("user", "add", login, *ADD[3:], "--identity-number", number)
        result = founded(*arguments, stdin=PASSWORD + "\n")
        assert result.exit_code == 0, result.output
    with new_house.books.read() as session:
        assert len(session.scalars(select(Person.id)).all()) == 1
        assert len(session.scalars(select(UserAccount.id)).all()) == 2


def test_users_are_listed_disabled_and_given_new_passwords(founded: Run) -> None:
    founded(*ADD, stdin=PASSWORD + "\n")
    assert founded("user", "password", "zhang", "--password-stdin", stdin="x" * 12).exit_code == 0
    assert founded("user", "disable", "zhang").exit_code == 0
    (row,) = json.loads(founded("user", "list", "--json").output)
    assert (row["login"], row["name"], row["active"]) == ("zhang", "张三", False)
    assert "已停用" in founded("user", "list").output
    assert founded("user", "disable", "nobody").exit_code == 1


# --- backup and restore -------------------------------------------------------------------------


@pytest.fixture
def target(databases_of_this_process: Maker) -> Iterator[str]:
    """An empty database to restore into."""
    url = databases_of_this_process.blank()
    yield url
    databases_of_this_process.drop(url)


@pytest.fixture
def backed_up(founded: Run, tmp_path: Path) -> Path:
    """A backup of books with some days, a user and reports."""
    founded(*ADD, "--identity-number", "431099198001010016", stdin=PASSWORD + "\n")
    founded("close-day", "--to", "2017-06-02")
    file = tmp_path / "books.zip"
    assert founded("backup", str(file)).exit_code == 0
    return file


def test_a_backup_restores_to_the_same_digests(
    founded: Run, new_house: House, backed_up: Path, target: str
) -> None:
    before = archive.digests(new_house.engine)
    assert before["closings"].rows == 5
    result = founded("restore", str(backed_up), "--to", target)
    assert result.exit_code == 0, result.output
    engine = open_engine(target)
    assert archive.digests(engine) == before
    engine.dispose()


def test_restored_books_go_on(
    founded: Run, new_house: House, backed_up: Path, target: str, clock: Clock
) -> None:
    founded("restore", str(backed_up), "--to", target)
    restored = House(replace(new_house.settings, database_url=target), clock)
    for command in (("close-day",), ("verify",), (*ADD[:2], "li", *ADD[3:])):
        result = founded(*command, house=restored, stdin=PASSWORD + "\n")
        assert result.exit_code == 0, result.output
    restored.engine.dispose()


def test_a_backup_goes_into_an_empty_database_alone(
    founded: Run, new_house: House, backed_up: Path
) -> None:
    result = founded("restore", str(backed_up), "--to", new_house.settings.database_url)
    assert result.exit_code == 1
    assert "空库" in result.output


def rewrite(file: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """The archive with one member changed, everything else as it was."""
    with zipfile.ZipFile(file) as whole:
        members = {member: whole.read(member) for member in whole.namelist()}
    members[name] = change(members[name])
    with zipfile.ZipFile(file, "w") as changed:
        for member, content in members.items():
            changed.writestr(member, content)


@pytest.mark.parametrize(
    ("member", "old", "new"),
    [
        ("business_days.jsonl", b"2017-05-30", b"2017-05-29"),
        ("user_accounts.jsonl", b"true", b"false"),
        ("manifest.json", b'"rows": 5', b'"rows": 4'),
        ("trail.jsonl", b"jobs.close_day", b"jobs.close_dax"),
    ],
)
def test_an_altered_backup_is_refused_and_leaves_nothing(
    founded: Run, backed_up: Path, target: str, member: str, old: bytes, new: bytes
) -> None:
    rewrite(backed_up, member, lambda content: content.replace(old, new, 1))
    result = founded("restore", str(backed_up), "--to", target)
    assert result.exit_code == 1
    assert "备份文件" in result.output
    assert migrations.current(target) is None


def test_a_backup_with_another_seal_is_refused(founded: Run, backed_up: Path, target: str) -> None:
    def other(seal: bytes) -> bytes:
        return (b"1" if seal[:1] == b"0" else b"0") + seal[1:]

    rewrite(backed_up, "manifest.mac", other)
    assert founded("restore", str(backed_up), "--to", target).exit_code == 1
    assert migrations.current(target) is None


def test_a_backup_with_a_row_left_out_is_refused(
    founded: Run, backed_up: Path, target: str
) -> None:
    rewrite(backed_up, "closings.jsonl", lambda content: content[content.index(b"\n") + 1 :])
    assert founded("restore", str(backed_up), "--to", target).exit_code == 1


@pytest.mark.parametrize("keep", [0, 100, -30])
def test_a_cut_backup_is_refused(founded: Run, backed_up: Path, target: str, keep: int) -> None:
    backed_up.write_bytes(backed_up.read_bytes()[:keep])
    assert founded("restore", str(backed_up), "--to", target).exit_code == 1


def test_a_backup_of_other_keys_is_refused(new_house: House, backed_up: Path) -> None:
    with pytest.raises(BackupAltered):
        archive.check(backed_up, Keyring.generate())


def test_any_single_byte_changed_is_refused_or_changes_nothing(
    new_house: House, backed_up: Path
) -> None:
    """Bytes that only describe the zip may change; the contents read back are then the same."""
    whole = backed_up.read_bytes()
    good = archive.check(backed_up, new_house.keyring)
    survived = 0
    for place in range(0, len(whole), len(whole) // 200):
        changed = bytearray(whole)
        changed[place] ^= 0x01
        backed_up.write_bytes(bytes(changed))
        try:
            assert archive.check(backed_up, new_house.keyring) == good
            survived += 1
        except BackupAltered:
            continue
    assert survived < 100


def test_a_backup_holds_no_password_and_no_identity_number(backed_up: Path) -> None:
    with zipfile.ZipFile(backed_up) as whole:
        content = b"".join(whole.read(member) for member in whole.namelist())
    assert PASSWORD.encode() not in content
    assert b"431099198001010016" not in content


def test_a_backup_moves_between_the_two_databases(
    new_house: House, backed_up: Path, tmp_path: Path
) -> None:
    """From either into SQLite, whose types are fewer."""
    url = f"sqlite:///{tmp_path / 'moved.db'}"
    migrations.upgrade(url)
    engine = open_engine(url)
    archive.restore(engine, new_house.keyring, backed_up)
    assert archive.digests(engine) == archive.digests(new_house.engine)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()


# --- the application's role ---------------------------------------------------------------------


def test_the_application_s_role_is_for_postgresql(run: Run, new_house: House) -> None:
    if new_house.engine.dialect.name == "postgresql":
        return
    assert run(*FOUND, "--app-role", "somebody").exit_code == 2


def test_as_the_application_s_role_days_close_and_the_record_stands(
    run: Run, new_house: House, clock: Clock
) -> None:
    if new_house.engine.dialect.name != "postgresql":
        return
    role = f"app_of_{new_house.engine.url.database}"
    with new_house.engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
    try:
        result = run(*FOUND, "--app-role", role)
        assert result.exit_code == 0, result.output
        url = new_house.engine.url.set(username=role).render_as_string(hide_password=False)
        application = House(replace(new_house.settings, database_url=url), clock)
        for command in (ADD, ("close-day", "--to", "2017-06-02"), ("verify",)):
            done = run(*command, house=application, stdin=PASSWORD + "\n")
            assert done.exit_code == 0, done.output
        with (
            application.engine.connect() as connection,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            connection.execute(text("UPDATE closings SET counts = '{}'"))
        application.engine.dispose()
    finally:
        with new_house.engine.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))
