"""One word for each thing: pages and refusals keep to docs/glossary.md, and its names exist."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kernel.refusals import Refusal
from ledger.chart import CHART
from loans.forms import CHANNELS, FORMS, METHOD_TITLES, USE_TITLES
from office.rights import ROLES
from tests.databases import ROOT, import_product
from tests.house.rules import PRODUCT

GLOSSARY = ROOT / "docs" / "glossary.md"
NOT_BUILT = "未建"


@dataclass(frozen=True)
class Term:
    """A row of the glossary."""

    zh: str
    en: str
    code: str
    shunned: tuple[str, ...]


def terms_of(text: str) -> list[Term]:
    """The rows of the glossary's tables."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and not line.startswith(("|---", "| 用 "))
    ]
    return [Term(zh, en, code.strip("`"), tuple(shun.split("、"))) for zh, en, code, shun in rows]


TERMS = terms_of(GLOSSARY.read_text("utf-8"))


def exists(name: str) -> bool:
    """Whether a dotted name leads to something in the code."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            fields = getattr(found, "__dataclass_fields__", {})
            if not hasattr(found, part) and part not in fields:
                return False
            found = getattr(found, part, None)
        return True
    return False


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.zh)
def test_a_term_has_its_name_in_the_code(term: Term) -> None:
    assert term.en
    assert term.code == NOT_BUILT or exists(term.code), f"{term.zh}: {term.code} is not there"


def test_a_name_that_is_not_there_is_seen() -> None:
    assert exists("loans.models.Loan.number")
    assert exists("loans.operations.Payment.early")
    for wrong in ("loans.models.Loan.nummer", "loans.nothing", "nothing.at_all"):
        assert not exists(wrong)


def test_no_word_stands_for_two_things() -> None:
    words = [term.zh for term in TERMS]
    assert len(set(words)) == len(words)
    shunned = [word for term in TERMS for word in term.shunned]
    assert len(set(shunned)) == len(shunned)
    assert set(shunned).isdisjoint(words)
    for expected in ("借据号", "起息日", "倒起息", "冲正", "积数", "欠息", "展期", "追偿", "日终"):
        assert expected in words


# --- what people read -----------------------------------------------------------------------------


def faults_of(text: str) -> Iterator[tuple[int, str, str]]:
    """Every shunned word of a text: line, the word, the term to use."""
    for number, line in enumerate(text.splitlines(), 1):
        for term in TERMS:
            for word in term.shunned:
                if word in line:
                    yield number, word, term.zh


def pages() -> list[Path]:
    """Templates, words and code of the web, where pages and commands speak."""
    web = ROOT / "web"
    found = [*web.glob("templates/**/*.html"), *web.glob("words/*.toml"), *web.rglob("*.py")]
    return sorted(file for file in found if "vendor" not in file.parts)


def sentences() -> Iterator[tuple[str, str]]:
    """Chinese that people read, outside the pages: refusals, accounts, roles, forms."""
    import_product()
    for refusal in Refusal.registry.values():
        if refusal.__module__.split(".")[0] in PRODUCT:
            yield f"{refusal.__module__}.{refusal.__name__}", refusal.zh
    for kind in CHART.values():
        yield f"ledger.chart.{kind.code}", kind.zh
    for role, (zh, _) in ROLES.items():
        yield f"office.rights.{role}", zh
    for titles in (METHOD_TITLES, USE_TITLES, CHANNELS):
        yield "loans.forms", "\n".join(titles.values())
    for form in FORMS.values():
        for column in form.columns:
            yield f"loans.forms.{form.kind}", f"{column.title}\n{column.note}"


def test_pages_keep_to_the_glossary() -> None:
    assert len(pages()) > 20
    found = [
        f"{file.relative_to(ROOT)}:{line}: {word}, say {term}"
        for file in pages()
        for line, word, term in faults_of(file.read_text("utf-8"))
    ]
    assert found == []


def test_refusals_accounts_and_forms_keep_to_the_glossary() -> None:
    found = [
        f"{where}: {word}, say {term}"
        for where, text in sentences()
        for _, word, term in faults_of(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("planted", "term"),
    [("<th>贷款编号</th>", "合同号"), ('t("信用额度")', "授信额度"), ("滞纳金{amount}元", "罚息")],
)
def test_a_shunned_word_is_seen(planted: str, term: str) -> None:
    ((_, _, instead),) = faults_of(planted)
    assert instead == term


def test_the_table_is_read_whole() -> None:
    rows = re.findall(r"^\| (?!用 |-)", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    assert len(rows) == len(TERMS) > 50
