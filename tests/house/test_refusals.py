"""Every refusal says the same thing in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter

from kernel.refusals import Refusal
from tests.databases import import_product
from tests.house.rules import PRODUCT

CHINESE = re.compile(r"[\u4e00-\u9fff]")
STATUSES = frozenset({400, 401, 403, 404, 409, 413, 422, 429, 503})


def facts(template: str) -> set[str]:
    """Names a template asks for; ``rule_zh`` and ``rule_en`` are one fact in two languages."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    return {re.sub(r"_(zh|en)$", "", re.split(r"[.\[]", name)[0]) for name in names}


def faults(refusal: type[Refusal]) -> Iterator[str]:
    """What is wrong with one refusal's sentences."""
    if facts(refusal.zh) != facts(refusal.en):
        yield f"zh names {sorted(facts(refusal.zh))}, en names {sorted(facts(refusal.en))}"
    if not CHINESE.search(refusal.zh):
        yield "the Chinese sentence holds no Chinese"
    if CHINESE.search(refusal.en):
        yield "the English sentence holds Chinese"
    if refusal.zh.rstrip().endswith(("。", ".")) or refusal.en.rstrip().endswith("."):
        yield "the clause follows the sentence: no full stop"
    if refusal.status not in STATUSES:
        yield f"status {refusal.status}"


def test_every_refusal_says_the_same_in_both_languages() -> None:
    import_product()
    assert len(Refusal.registry) > 20
    own = [r for r in Refusal.registry.values() if r.__module__.split(".")[0] in PRODUCT]
    wrong = [f"{r.__module__}.{r.__name__}: {fault}" for r in own for fault in faults(r)]
    assert wrong == []


def planted(zh: str, en: str, status: int = 422) -> type[Refusal]:
    """A refusal that is not in the registry."""
    code = "planted_by_test"
    Refusal.registry.pop(code, None)
    made = type("PlantedByTest", (Refusal,), {"zh": zh, "en": en, "status": status})
    del Refusal.registry[code]
    return made


def test_each_fault_of_a_refusal_is_seen() -> None:
    assert list(faults(planted("金额{amount}过大", "{amount} is too large"))) == []
    assert list(faults(planted("{rule_zh}不符", "not {rule_en}"))) == []
    for zh, en, status in (
        ("金额{amount}过大", "the amount is too large", 422),
        ("too large", "too large", 422),
        ("过大", "过大 too large", 422),
        ("过大。", "too large", 422),
        ("过大", "too large.", 422),
        ("过大", "too large", 200),
    ):
        assert len(list(faults(planted(zh, en, status)))) == 1


def unraised(names: set[str], sources: Iterable[str]) -> list[str]:
    """Refusals that no code names: a rule that guards nothing."""
    text = "\n".join(sources)
    return sorted(name for name in names if not re.search(rf"\b{name}\b", text))


def test_every_refusal_is_raised_somewhere(root: Path) -> None:
    import_product()
    own = {r.__name__ for r in Refusal.registry.values() if r.__module__.split(".")[0] in PRODUCT}
    # Each class is named once by its own definition, which does not count.
    sources = [
        re.sub(r"^class \w+", "", file.read_text("utf-8"), flags=re.MULTILINE)
        for room in PRODUCT
        for file in sorted((root / room).rglob("*.py"))
    ]
    assert unraised(own, sources) == []
    assert unraised({"Kept", "Left"}, ["raise Kept"]) == ["Left"]
