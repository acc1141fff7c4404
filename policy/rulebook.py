"""The rulebook: which documents are in force on a day, at a place, and what they say together.

On each day exactly one national programme is the base of a place: the one that no other has
replaced yet, or an older one that a local document keeps. On it stand the general rules beneath,
and above it the supplements and the local documents that implement it, the nearer place over the
farther, the later over the earlier. Each parameter takes its value from the strongest document
that gives it, so that every answer has one document and one clause.

``load`` walks every day on which anything changes and refuses a set of files that leaves a
question with two answers or with none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from policy.conduct import ConductRules
from policy.documents import KINDS, NATION, Document, invalid, read_document
from policy.mutual import MutualRules, check_bounds
from policy.rates import RateSeries, load_series
from policy.refusals import (
    HouseholdKindNotCovered,
    NoPolicyInForce,
    NoRateBand,
    PolicyContradicts,
)
from policy.sourced import Sourced
from policy.terms import (
    SCHEMAS,
    SECTION_OF,
    ContractTerms,
    Targets,
    build,
    missing,
)
from policy.values import HOUSEHOLD_KINDS, TENORS

A = TypeVar("A", ContractTerms, ConductRules, MutualRules, Targets)


@dataclass(frozen=True, slots=True)
class RateCap:
    """The highest rate a contract may bear; ``ppm`` None: the document sets no cap."""

    ppm: int | None
    #: clause of the policy document
    cite: str
    #: id of the rate series, tenor and day of publication; None where there is no cap
    series: str | None = None
    tenor: str | None = None
    published_on: date | None = None
    #: source of the published rate
    rate_cite: str = ""
    in_principle: bool = False


@dataclass(frozen=True)
class Rulebook:
    """All documents and rates of a county's policy folder."""

    documents: Mapping[str, Document]
    series: Mapping[str, RateSeries]

    def document(self, identifier: str) -> Document:
        """A document by its id."""
        return self.documents[identifier]

    def base(self, *, on: date, region: str) -> Document:
        """The programme that a contract signed on this day at this place stands under."""
        keepers = [d for d in self._live(on) if d.keeps and d.covers(region)]
        if keepers:
            nearest = max(keepers, key=_strength)
            return self.documents[nearest.keeps]
        programmes = [d for d in self._live(on) if d.kind == "programme"]
        if not programmes:
            raise NoPolicyInForce(field="on", on=on)
        if len(programmes) > 1:
            raise _contradiction(
                on, f"{_ids(programmes)}同为生效的全国文件", f"{_ids(programmes)} are both in force"
            )
        return programmes[0]

    def in_force(self, *, on: date, region: str) -> tuple[Document, ...]:
        """Everything in force on a day at a place, the weakest first."""
        base = self.base(on=on, region=region)
        found = {base.id: base}
        for document in self._live(on):
            bond = document.implements or document.keeps
            if document.kind != "programme" and document.covers(region) and bond in {"", base.id}:
                found[document.id] = document
        return tuple(sorted(found.values(), key=_strength))

    def terms_for(self, *, on: date, region: str, household_kind: str) -> ContractTerms:
        """The contract terms of a signing day, a place and a kind of household."""
        terms = self.contract_terms(on=on, region=region)
        covered = terms.household_kinds
        if household_kind not in covered.value:
            raise HouseholdKindNotCovered(
                field="household_kind",
                clause=covered.cite,
                kind=household_kind,
                kind_zh=HOUSEHOLD_KINDS.get(household_kind, f"“{household_kind}”类农户"),
                document=covered.cited_as,
            )
        return terms

    def contract_terms(self, *, on: date, region: str) -> ContractTerms:
        """The contract terms of a signing day and a place, whoever borrows."""
        return self._answer(ContractTerms, on, region)

    def conduct(self, *, on: date, region: str) -> ConductRules:
        """The conduct rules of the day of an event."""
        return self._answer(ConductRules, on, region)

    def mutual(self, *, on: date, region: str) -> MutualRules:
        """What village funds of a place go by on a day."""
        return self._answer(MutualRules, on, region)

    def targets(self, *, on: date, region: str) -> Targets:
        """What the plans of a place want reached on a day."""
        return self._answer(Targets, on, region)

    def rate_cap_ppm(self, signed_on: date, term_months: int, terms: ContractTerms) -> RateCap:
        """The cap on the rate of a contract, from the last rate published by the signing day."""
        reference = terms.rate_reference
        if reference.value == "none":
            return RateCap(None, reference.cite)
        tenor = _tenor(terms, term_months)
        series = self.series[reference.value]
        published = series.on(signed_on)
        return RateCap(
            ppm=published.rates[tenor],
            cite=reference.cite,
            series=series.id,
            tenor=tenor,
            published_on=published.published_on,
            rate_cite=(
                f"{series.title_zh}{TENORS[tenor]}，{published.published_on}公布"
                f"（{published.clause or '未见来源'}{'，默认值' if published.default else ''}）"
            ),
            in_principle=reference.in_principle,
        )

    def reference_ppm(
        self, reference: str, signed_on: date, term_months: int, terms: ContractTerms
    ) -> int:
        """A reference rate for the term of a contract, as last published by the signing day."""
        return self.series[reference].on(signed_on).rates[_tenor(terms, term_months)]

    def digest(self) -> str:
        """SHA-256 of the canonical content of all documents and rates."""
        text = json.dumps(self.content(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def content(self) -> dict[str, object]:
        """Documents and rates as plain data; file names and comments are no content."""
        return {
            "documents": {d.id: document_content(d) for d in self.documents.values()},
            "rates": {
                s.id: [
                    [row.published_on.isoformat(), row.rates, row.clause, row.default]
                    for row in s.publications
                ]
                for s in self.series.values()
            },
        }

    def _live(self, on: date) -> list[Document]:
        ended = {name for d in self.documents.values() if d.start <= on for name in d.replaces}
        return [d for d in self.documents.values() if d.runs(on) and d.id not in ended]

    def _answer(self, answer: type[A], on: date, region: str) -> A:
        values: dict[str, Sourced[Any]] = {}
        for document in self.in_force(on=on, region=region):
            values.update(document.sections[SECTION_OF[answer]])
        absent = missing(answer, set(values))
        if absent:
            raise _contradiction(
                on,
                f"{region}的下列参数没有任何文件给出：{'、'.join(absent)}",
                f"no document gives {', '.join(absent)} for {region}",
            )
        if answer is ContractTerms:
            values["interest_bearers"] = _signed(values["interest_bearers"], on)
        return build(answer, values)


def load(folder: Path, rates: Path) -> Rulebook:
    """The rulebook of a folder of documents and a folder of rate series, checked as a whole."""
    documents: dict[str, Document] = {}
    for path in sorted(folder.glob("*.toml")):
        document = read_document(path)
        if document.id in documents:
            raise invalid(
                path.name,
                "document.id",
                f"与{documents[document.id].file}重复",
                f"the same as in {documents[document.id].file}",
            )
        documents[document.id] = document
    series = [load_series(path) for path in sorted(rates.glob("*.toml"))]
    rulebook = Rulebook(documents, {one.id: one for one in series})
    for document in documents.values():
        _check_names(document, documents)
    check(rulebook)
    return rulebook


def check(rulebook: Rulebook) -> None:
    """Walks every day and place at which anything changes: one answer each, or a refusal."""
    documents = rulebook.documents.values()
    programmes = [d.start for d in documents if d.kind == "programme"]
    if not programmes:
        raise _contradiction(date.min, "没有任何全国文件", "there is no programme document")
    days = {d.start for d in documents} | {d.lapses_on.value for d in documents if d.lapses_on}
    regions = {d.region for d in documents} | {NATION}
    for on in sorted(day for day in days if day >= min(programmes)):
        for region in sorted(regions):
            _check_single(rulebook.in_force(on=on, region=region), on)
            terms = rulebook.contract_terms(on=on, region=region)
            rulebook.conduct(on=on, region=region)
            rulebook.targets(on=on, region=region)
            check_bounds(rulebook.mutual(on=on, region=region), on)
            _check_terms(rulebook, terms, on)


def document_content(document: Document) -> dict[str, object]:
    """A document as plain data."""
    days = {
        key: None if day is None else [day.value.isoformat(), day.clause, day.default]
        for key, day in (
            ("issued_on", document.issued_on),
            ("effective_on", document.effective_on),
            ("lapses_on", document.lapses_on),
        )
    }
    return {
        **{
            key: getattr(document, key)
            for key in ("kind", "title_zh", "number", "region", "implements", "keeps", "note")
        },
        **days,
        "replaces": list(document.replaces),
        "sources": list(document.sources),
        "values": {
            name: {key: _value_content(name, key, value) for key, value in section.items()}
            for name, section in document.sections.items()
            if section
        },
    }


def _value_content(section: str, key: str, value: Sourced[Any]) -> list[object]:
    plain = SCHEMAS[section][key].kind.plain(value.value)
    return [plain, value.clause, value.default, value.force, value.note]


def _signed(sourced: Sourced[Any], on: date) -> Sourced[Any]:
    """The bearers of contracts signed on ``on``."""
    rows = tuple(row for row in sourced.value if row.covers_signing(on))
    return replace(sourced, value=rows)


def _strength(document: Document) -> tuple[int, int, date, str]:
    return KINDS.index(document.kind), len(document.digits), document.start, document.id


def _check_names(document: Document, documents: Mapping[str, Document]) -> None:
    """Named documents exist, are of the right kind, and the replaced one is older and no wider."""
    bond = document.implements or document.keeps
    if bond and (bond not in documents or documents[bond].kind != "programme"):
        raise invalid(
            document.file,
            "document.implements",
            f"没有名为{bond}的全国文件",
            f"there is no programme {bond}",
        )
    for name in document.replaces:
        old = documents.get(name)
        if old is None or old.id == document.id:
            raise invalid(
                document.file,
                "document.replaces",
                f"没有名为{name}的文件",
                f"there is no document {name}",
            )
        if old.start >= document.start:
            raise invalid(
                document.file,
                "document.replaces",
                f"{name}的生效日不早于本文件",
                f"{name} is not older than this document",
            )
        if not old.digits.startswith(document.digits):
            raise invalid(
                document.file,
                "document.replaces",
                f"{name}的适用地区大于本文件",
                f"{name} holds in a wider place than this document",
            )


def _check_single(in_force: tuple[Document, ...], on: date) -> None:
    """No two documents of one rank, place and day of effect give the same parameter."""
    given: dict[tuple[object, ...], str] = {}
    for document in in_force:
        # General rules do not overtake each other by date: a later one must replace the earlier.
        day = document.start if document.kind != "general" else None
        for section, values in document.sections.items():
            for key in values:
                place = (document.kind, document.region, day, section, key)
                twin = given.setdefault(place, document.id)
                if twin != document.id:
                    raise _contradiction(
                        on,
                        f"{twin}与{document.id}都规定了{section}.{key}",
                        f"{twin} and {document.id} both give {section}.{key}",
                    )


def _check_terms(rulebook: Rulebook, terms: ContractTerms, on: date) -> None:
    """Bounds that belong together are in order, and the reference rate can be found."""
    pairs = (
        (terms.age_min_years, terms.age_max_years),
        (terms.amount_max_fen, terms.household_total_max_fen),
        (terms.overdue_surcharge_min_bp, terms.overdue_surcharge_bp),
        (terms.overdue_surcharge_bp, terms.overdue_surcharge_max_bp),
        (terms.misuse_surcharge_min_bp, terms.misuse_surcharge_bp),
        (terms.misuse_surcharge_bp, terms.misuse_surcharge_max_bp),
    )
    for low, high in pairs:
        if low.value > high.value:
            raise _contradiction(
                on,
                f"{low.document}与{high.document}的上下限颠倒",
                f"bounds of {low.document} and {high.document} are crossed",
            )
    reference = terms.rate_reference.value
    if reference != "none" and reference not in rulebook.series:
        raise _contradiction(
            on,
            f"没有参照利率{reference}的公布表",
            f"there is no series of the reference rate {reference}",
        )
    rulebook.rate_cap_ppm(on, terms.term_max_months.value, terms)
    _check_subsidy_caps(rulebook, terms, on)


def _check_subsidy_caps(rulebook: Rulebook, terms: ContractTerms, on: date) -> None:
    """A reference that a subsidy is held to is published for every term of a contract."""
    bearers = terms.interest_bearers
    tenors = {row.tenor for row in terms.rate_bands.value}
    for row in bearers.value:
        if row.rate_cap is None:
            continue
        series = rulebook.series.get(row.rate_cap)
        if series is None or not tenors or tenors - set(series.on(on).rates):
            raise _contradiction(
                on,
                f"{bearers.document}的贴息利率封顶参照{row.rate_cap}，没有与贷款期限档相应的公布值",
                f"{bearers.document} holds the subsidy to {row.rate_cap}, which is not published "
                "for every band of terms",
            )
    if any(row.rate_cap for row in bearers.value):
        _tenor(terms, terms.term_max_months.value)


def _tenor(terms: ContractTerms, term_months: int) -> str:
    """The tenor of the reference rate that goes with a term."""
    bands = terms.rate_bands
    band = next((row for row in bands.value if term_months <= row.up_to_months), None)
    if band is None:
        raise NoRateBand(
            field="term_months",
            clause=bands.cite,
            document=bands.cited_as,
            term_months=term_months,
        )
    return band.tenor


def _ids(documents: Iterable[Document]) -> str:
    return "、".join(d.id for d in documents)


def _contradiction(on: date, zh: str, en: str) -> PolicyContradicts:
    return PolicyContradicts(on=on, rule_zh=zh, rule_en=en)
