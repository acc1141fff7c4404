"""Books of an earlier revision: backed up, restored, upgraded, and not opened before.

``tests/migrations/opening_backup.zip`` is what ``fupin backup`` of the opening revision wrote of
the frozen books, in the first format.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, MetaData, event, inspect, text

import migrations
from config.refusals import DatabaseBehind
from config.revision import NEWEST, REVISIONS
from config.settings import ROOT, Settings
from config.wiring import House
from jobs import archive, standing
from jobs.refusals import BackupAltered
from kernel.database import Base, open_engine
from kernel.vault import Keyring
from tests import verification
from tests.conftest import NOON, Clock
from tests.databases import Maker
from tests.jobs.test_commands import rewrite
from tests.migrations import opening_books
from tests.migrations.opening_books import OPENING
from tests.migrations.test_loans_as_lived import MOVED
from tests.planted import Plant
from web import wsgi
from web.cli import fupin

OPENING_BACKUP = Path(opening_books.__file__).with_name("opening_backup.zip")
LATER = "2099_01_01_a_later_program"


@dataclass
class At:
    """A house over one database, its commands, and what the database holds."""

    house: House

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(fupin, list(arguments), obj=self.house)

    @property
    def engine(self) -> Engine:
        return self.house.engine

    def revision(self) -> str | None:
        return migrations.current(self.engine)

    def write(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement))

    def again(self) -> At:
        """Another process on the same books."""
        other = House(self.house.settings, self.house.clock)
        vars(other)["engine"] = self.engine
        return At(other)


@pytest.fixture
def blank(blank_database_url: str, keyring: Keyring, clock: Clock, tmp_path: Path) -> Iterator[At]:
    """A house over a database without a table."""
    settings = Settings(
        database_url=blank_database_url,
        key_file=tmp_path / "keys" / "fupin.json",
        keys=keyring.to_json(),
        config_dir=ROOT / "config",
        reports_dir=tmp_path / "reports",
        listen="127.0.0.1:0",
    )
    made = At(House(settings, clock))
    yield made
    made.engine.dispose()


@pytest.fixture
def old(blank: At) -> At:
    """A house over the frozen books, at the revision that wrote them."""
    opening_books.write(blank.engine)
    return blank


@pytest.fixture
def verify(blank_database_url: str, keyring: Keyring) -> Callable[[], None]:
    """Everything that the product can verify of the house's own database."""
    return lambda: verification.verify(blank_database_url, keyring)


@pytest.fixture
def target(databases_of_this_process: Maker) -> Iterator[str]:
    """An empty database to restore into."""
    url = databases_of_this_process.blank()
    yield url
    databases_of_this_process.drop(url)


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


def check_upgraded(url: str, source: At, keyring: Keyring) -> None:
    """The frozen books at the newest revision: nothing recorded differs, and all adds up."""
    kept = {name: t for name, t in opening_books.read().items() if name not in MOVED}
    with opened(url) as engine:
        assert migrations.current(engine) == NEWEST
        assert opening_books.rows(engine, kept) == opening_books.rows(source.engine, kept)
    verification.verify(url, keyring)


def nothing(*_: object, **__: object) -> None:
    """Left out."""


# --- restore --------------------------------------------------------------------------------------


def test_a_backup_of_the_opening_program_comes_up(old: At, target: str, keyring: Keyring) -> None:
    done = old.run("restore", str(OPENING_BACKUP), "--to", target)
    assert done.exit_code == 0, done.output
    assert "58张表，1380行" in done.output
    assert f"{OPENING} → {NEWEST}" in done.output
    assert "账簿与留痕核对无误" in done.output
    check_upgraded(target, old, keyring)


def test_books_of_an_older_revision_are_backed_up_as_they_stand(
    old: At, target: str, keyring: Keyring, tmp_path: Path
) -> None:
    file = tmp_path / "old.zip"
    said = json.loads(old.run("backup", str(file), "--json").output)
    assert (said["format"], said["revision"]) == ("fupin-backup-2", OPENING)
    assert ["amount_fen", "number"] in said["columns"]["household_credits"]
    assert "loan_credits" not in said["tables"]
    done = old.run("restore", str(file), "--to", target, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["revision"], told["now_at"], told["clean"]) == (OPENING, NEWEST, True)
    check_upgraded(target, old, keyring)


def test_restored_books_number_their_rows_onward(old: At, target: str, clock: Clock) -> None:
    """On PostgreSQL a sequence that stood still would give a number out twice."""
    # The program before stood at noon as well, and read its clock often.
    clock.now = NOON + timedelta(hours=1)
    assert old.run("restore", str(OPENING_BACKUP), "--to", target).exit_code == 0
    restored = At(House(replace(old.house.settings, database_url=target), old.house.clock))
    for command in (("close-day",), ("verify",)):
        done = restored.run(*command)
        assert done.exit_code == 0, done.output
    restored.engine.dispose()


def copy_of(file: Path, folder: Path) -> Path:
    copied = folder / "copy.zip"
    copied.write_bytes(file.read_bytes())
    return copied


def test_an_altered_backup_of_the_first_format_is_refused(
    blank: At, target: str, tmp_path: Path
) -> None:
    file = copy_of(OPENING_BACKUP, tmp_path)
    rewrite(file, "dues.jsonl", lambda lines: lines.replace(b"55583", b"55582", 1))
    refused = blank.run("restore", str(file), "--to", target)
    assert refused.exit_code == 1
    assert "表dues与清单不符" in refused.output
    assert migrations.current(target) is None


def resealed(file: Path, keyring: Keyring, **changed: Any) -> None:
    """The manifest saying something else, under a seal that holds."""
    with zipfile.ZipFile(file) as whole:
        said = json.loads(whole.read(archive.MANIFEST)) | changed
    content = json.dumps(said).encode()
    rewrite(file, archive.MANIFEST, lambda _: content)
    rewrite(file, archive.SEAL, lambda _: archive._seal(keyring, content).encode())


@pytest.mark.parametrize(
    "changed",
    [
        # The first format was written at the opening alone: any other order would be a guess.
        {"revision": NEWEST},
        {"format": "fupin-backup-2", "revision": LATER, "columns": {}},
        {"format": "fupin-backup-3", "revision": LATER, "more": "than is known"},
    ],
    ids=["first format, later revision", "later revision", "later format"],
)
def test_a_backup_that_this_program_does_not_know_is_refused(
    blank: At, target: str, tmp_path: Path, keyring: Keyring, changed: dict[str, Any]
) -> None:
    file = copy_of(OPENING_BACKUP, tmp_path)
    resealed(file, keyring, **changed)
    refused = blank.run("restore", str(file), "--to", target)
    assert refused.exit_code == 1
    assert f"的版本{changed['revision']}是本程序不认识的" in refused.output
    assert f"is of revision {changed['revision']}, which this program does not" in refused.output
    assert migrations.current(target) is None


def test_columns_that_are_not_the_revision_s_are_refused_and_nothing_is_left(
    old: At, target: str, tmp_path: Path, keyring: Keyring
) -> None:
    file = tmp_path / "old.zip"
    columns = json.loads(old.run("backup", str(file), "--json").output)["columns"]
    columns["dues"][0][0] = "another_name"
    resealed(file, keyring, columns=columns)
    refused = old.run("restore", str(file), "--to", target)
    assert refused.exit_code == 1
    assert "数据表与其版本不符" in refused.output
    with opened(target) as engine:
        assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    assert migrations.current(target) is None


def test_rows_that_come_out_different_are_refused(blank: At, keyring: Keyring) -> None:
    """A row is there already that the backup does not hold."""
    migrations.upgrade(blank.engine, OPENING)
    blank.write(
        "INSERT INTO request_keys (key, digest, answer, trail_id)"
        " VALUES ('a key of this test', 'd', 'null', 1)"
    )
    with pytest.raises(BackupAltered, match="came out different"):
        archive.restore(blank.engine, keyring, OPENING_BACKUP)
    with blank.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM loans")) == 0


def test_a_close_under_way_is_restored_and_waits_for_its_own_program(
    old: At, target: str, tmp_path: Path
) -> None:
    old.write("UPDATE business_days SET state = 'closing' WHERE day = '2016-10-03'")
    file = tmp_path / "closing.zip"
    assert old.run("backup", str(file)).exit_code == 0
    refused = old.run("restore", str(file), "--to", target)
    assert refused.exit_code == 1
    assert f"数据已恢复，停在版本{OPENING}" in refused.stderr
    assert "2016-10-03的日终尚未完成" in refused.output
    assert migrations.current(target) == OPENING


# --- upgrade --------------------------------------------------------------------------------------


def test_an_upgrade_says_from_where_to_where(old: At, verify: Callable[[], None]) -> None:
    done = old.run("upgrade")
    assert done.exit_code == 0, done.output
    assert f"{OPENING} → {NEWEST}" in done.stdout
    assert "fupin backup" in done.stderr, "what to do first"
    assert old.revision() == NEWEST
    verify()
    again = old.run("upgrade")
    assert (again.exit_code, again.stderr) == (0, "")
    assert "已是最新版本" in again.stdout


def test_an_upgrade_told_as_data(old: At) -> None:
    for before in (OPENING, NEWEST):
        told = json.loads(old.run("upgrade", "--json").stdout)
        assert told == {"from": before, "to": NEWEST, "backup": None}


def test_an_upgrade_backs_up_first(old: At, target: str, tmp_path: Path, keyring: Keyring) -> None:
    file = tmp_path / "before.zip"
    told = json.loads(old.run("upgrade", "--backup", str(file), "--json").stdout)
    assert told == {"from": OPENING, "to": NEWEST, "backup": str(file)}
    assert archive.check(file, keyring).revision == OPENING
    assert old.run("restore", str(file), "--to", target).exit_code == 0


def test_an_upgrade_in_a_close_is_refused_and_changes_nothing(old: At) -> None:
    old.write("UPDATE business_days SET state = 'closing' WHERE day = '2016-10-03'")
    refused = old.run("upgrade")
    assert refused.exit_code == 1
    assert "2016-10-03的日终尚未完成" in refused.output
    assert old.revision() == OPENING


def test_an_upgrade_of_nothing_and_of_a_newer_database_is_refused(blank: At) -> None:
    assert "fupin init" in blank.run("upgrade").output
    migrations.upgrade(blank.engine)
    blank.write(f"UPDATE alembic_version SET version_num = '{LATER}'")
    for command in ("upgrade", "upgrade --json", "backup x.zip"):
        refused = blank.run(*command.split())
        assert refused.exit_code == 1
        assert LATER in refused.output
    assert not Path("x.zip").exists()


def test_an_upgrade_gives_the_application_s_role_the_new_tables(old: At) -> None:
    if old.engine.dialect.name != "postgresql":
        assert old.run("upgrade", "--app-role", "somebody").exit_code == 2
        assert old.revision() == OPENING
        return
    role = f"app_of_{old.engine.url.database}"
    old.write(f"CREATE ROLE {role}")
    try:
        assert old.run("upgrade", "--app-role", role).exit_code == 0
        with old.engine.connect() as connection:
            rights = [
                connection.scalar(
                    text(f"SELECT has_table_privilege('{role}', 'corrections', '{right}')")
                )
                for right in ("SELECT", "INSERT", "UPDATE", "DELETE")
            ]
        assert rights == [True, True, False, False]
    finally:
        old.write(f"DROP OWNED BY {role}")
        old.write(f"DROP ROLE {role}")


# --- opening books --------------------------------------------------------------------------------

OPENS = (
    "close-day",
    "verify",
    "jobs --once",
    "user list",
    "user disable zhang",
    "indicators --json",
    "loans what-if XD1 --unpaid-until 2016-12-01 --as zhang --password-stdin",
    "import households FILE --as zhang --password-stdin",
    "init --region 431022000000 --first-day 2017-05-29 --held",
)


def test_no_command_opens_books_of_an_older_revision(old: At) -> None:
    for command in OPENS:
        refused = old.again().run(*command.replace("FILE", __file__).split())
        assert refused.exit_code == 1, (command, refused.output)
        assert f"数据库停在版本{OPENING}，本程序需要{NEWEST}" in refused.output, command
        assert "fupin backup, then fupin upgrade" in refused.output, command
    assert old.revision() == OPENING
    assert old.run("upgrade").exit_code == 0
    assert old.again().run("verify").exit_code == 0


def test_no_command_opens_books_of_a_newer_program(old: At) -> None:
    migrations.upgrade(old.engine)
    old.write(f"UPDATE alembic_version SET version_num = '{LATER}'")
    for command in (*OPENS, "serve"):
        refused = old.again().run(*command.replace("FILE", __file__).split())
        assert refused.exit_code == 1, (command, refused.output)
        assert f"fupin upgrade 升到版本{LATER}，本程序只到{NEWEST}" in refused.output, command


def test_no_server_starts_on_books_of_an_older_revision(
    old: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = old.run("serve")
    assert refused.exit_code == 1
    assert "fupin upgrade" in refused.output
    url = old.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("FUPIN_DATABASE_URL", url)
    monkeypatch.setenv("FUPIN_KEYS", str(old.house.settings.keys))
    with pytest.raises(DatabaseBehind, match="fupin upgrade") as raised:
        wsgi.application()
    assert "请先备份" in "".join(raised.value.__notes__)
    migrations.upgrade(old.engine)
    assert wsgi.application().name == "web.app"


def test_a_database_without_tables_asks_for_init(blank: At) -> None:
    for command in ("close-day", "verify", "jobs --once", "backup x.zip"):
        refused = blank.run(*command.split())
        assert refused.exit_code == 1
        assert "fupin init" in refused.output


def test_opening_books_costs_one_statement_once(blank: At) -> None:
    migrations.upgrade(blank.engine)
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(blank.engine, "before_cursor_execute", note)
    for _ in range(2):
        assert blank.house.books.engine is blank.engine
    asked = [s for s in statements if not s.startswith(("PRAGMA", "BEGIN"))]
    assert asked == ["SELECT version_num FROM alembic_version"]


# --- what is spelled out --------------------------------------------------------------------------


def test_the_revisions_spelled_out_are_those_of_the_migrations() -> None:
    assert list(REVISIONS) == migrations.revisions()
    assert archive.FIRST_FORMAT[1] == OPENING == REVISIONS[0]


#: what SQLite keeps these as
STORED = {"day": "text", "instant": "text", "truth": "number"}


def test_of_every_column_of_every_revision_it_is_known_what_it_holds(blank: At) -> None:
    """PostgreSQL tells exactly: there this program must know as much without being told."""
    for step in REVISIONS:
        migrations.upgrade(blank.engine, step)
        with blank.engine.connect() as connection:
            tables = standing.tables(connection)
            found = MetaData()
            found.reflect(connection)
        for table in tables:
            for name, kind in standing.kinds(table):
                stored = standing.kind_of(found.tables[table.name].columns[name].type)
                known = standing.known_kind(table.name, name) or STORED.get(stored, stored)
                expected = known if stored == kind else STORED[known]
                assert stored == expected, (step, table.name, name)
                assert kind == known, (step, table.name, name)


# --- planted bugs ---------------------------------------------------------------------------------


def of_today(_connection: object) -> list[Any]:
    """The tables of the present models, whatever revision the database is at."""
    return Base.metadata.sorted_tables


def same_sum(lines: Any) -> int:
    """Reads the lines and says nothing of them."""
    return 0 * sum(1 for _ in lines)


def any_revision(_engine: object) -> None:
    """Opens whatever it is given."""


def without_comparing(file: Path, key: Any) -> archive.Manifest:
    return archive.read_manifest(file, key)


RESTORED = test_a_backup_of_the_opening_program_comes_up
PLANTED = [
    Plant(RESTORED, "jobs.standing.tables", of_today),
    Plant(RESTORED, "web.commands.backup._upgrade", nothing),
    Plant(RESTORED, "jobs.standing.known_kind", nothing),
    Plant(
        test_books_of_an_older_revision_are_backed_up_as_they_stand,
        "jobs.standing.tables",
        of_today,
        # The backup itself breaks on columns that are not there, and prints nothing.
        catches=(json.JSONDecodeError,),
    ),
    Plant(
        test_rows_that_come_out_different_are_refused,
        "jobs.archive._sum",
        same_sum,
    ),
    Plant(
        test_an_altered_backup_of_the_first_format_is_refused,
        "jobs.archive.check",
        without_comparing,
    ),
    Plant(
        test_columns_that_are_not_the_revision_s_are_refused_and_nothing_is_left,
        "web.commands.backup.migrations.downgrade",
        nothing,
    ),
    Plant(
        test_a_backup_that_this_program_does_not_know_is_refused,
        "jobs.archive.FIRST_FORMAT",
        ("fupin-backup-1", NEWEST),
        {"changed": {"revision": NEWEST}},
    ),
    Plant(
        test_no_command_opens_books_of_an_older_revision,
        "config.revision.require_newest",
        any_revision,
    ),
    Plant(
        test_no_command_opens_books_of_a_newer_program,
        "config.revision.REVISIONS",
        (*REVISIONS, LATER),
    ),
    Plant(
        test_an_upgrade_backs_up_first,
        "web.commands.upgrade.back_up",
        nothing,
        catches=(AssertionError, BackupAltered),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant, request: pytest.FixtureRequest, target: str, keyring: Keyring, tmp_path: Path
) -> None:
    asked = [name for name in ("old", "blank") if name in plant.test.__code__.co_varnames]
    fixtures = {name: request.getfixturevalue(name) for name in asked}
    plant.prove(**fixtures, target=target, keyring=keyring, tmp_path=tmp_path)
