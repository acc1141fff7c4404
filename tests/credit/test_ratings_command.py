"""``fupin import ratings``: a file of ratings proposed at the terminal, by a person alone."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import func, select

from config.settings import Settings
from config.wiring import House
from credit.models import RatingSheet
from kernel.actor import Actor
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from office import people
from tests.credit.conftest import Settle
from tests.credit.test_sheets import GOOD_ROW, number, write
from web.commands.import_ import import_

PASSWORD = "correct horse battery\n"


def run(house: House, *words: object) -> Result:
    typed = [*(str(word) for word in words), "--as", "li", "--password-stdin", "--json"]
    return CliRunner().invoke(import_, typed, obj=house, input=PASSWORD)


def sheets(books: Books) -> int:
    with books.read() as session:
        return session.scalar(select(func.count()).select_from(RatingSheet)) or 0


def test_a_file_is_proposed_whole_or_not_at_all(
    open_books: Books, settle: Settle, keyring: Keyring, system: Actor, root: Path, tmp_path: Path
) -> None:
    nowhere = root / "nowhere"
    settings = Settings("", nowhere, keyring.to_json(), root / "config", nowhere, "")
    house = House(settings)
    house.__dict__.update(engine=open_books.engine, keyring=keyring, books=open_books)
    with open_books.write("office.manage_users", by=system) as session:
        people.add_account(
            session,
            person_id=people.add_person(session, name="李"),
            login="li",
            password=PASSWORD.strip(),
            roles=["loan_officer"],
            region_scope="431022",
        )
    settle(2)
    good, bad = [number(1), "", *GOOD_ROW], [number(2), "", "好", *GOOD_ROW[1:]]
    refused = run(house, "ratings", write(tmp_path / "bad.csv", [good, bad]))
    assert refused.exit_code == 1
    assert json.loads(refused.output)["faults"][0]["line"] == 3
    assert sheets(open_books) == 0
    file = write(tmp_path / "good.csv", [good])
    assert run(house, "ratings", file, "--preview").exit_code == 0
    assert sheets(open_books) == 0
    done = run(house, "ratings", file)
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.output)["proposals"]) == sheets(open_books) == 1
