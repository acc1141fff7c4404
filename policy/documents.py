"""A policy document: dated, placed, and read strictly from one TOML file.

A document takes effect on a day and stays in force until one that replaces it takes effect, or to
the end it names itself. Its kind says where its values stand, from the weakest to the strongest:

=========== ====================================================================================
general     practice and law of the trade, beneath every programme
programme   a national microcredit programme; on each day exactly one is in force
supplement  a national notice that adds to one programme and lapses with it
local       a province's or county's rule under a programme: it lapses with it (``implements``), or
            keeps an older one alive at its place (``keeps``)
plan        targets of a place, nothing else
note        said for the record, without parameters
=========== ====================================================================================

Every value names its clause, or is marked ``default = true`` because no source gives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from kernel.regions import scope_digits, well_formed
from policy.files import read_toml
from policy.refusals import PolicyFileInvalid
from policy.sourced import FORCES, Line, Sourced
from policy.terms import SCHEMAS
from policy.values import DAY, FormBroken, table

#: the place of a national document
NATION: Final = "000000000000"
#: kinds of document, weakest first
KINDS: Final = ("general", "programme", "supplement", "local", "plan", "note")

_NEEDED: Final = {"id", "kind", "title_zh", "title_en", "effective_on"}
_ALLOWED: Final = {
    "number", "issued_on", "lapses_on", "region", "region_zh", "region_note", "replaces",
    "implements", "keeps", "note", "sources",
}  # fmt: skip
_TEXTS: Final = (
    "id", "kind", "title_zh", "title_en", "number", "region", "region_zh", "region_note",
    "implements", "keeps", "note",
)  # fmt: skip
_CLAUSED: Final = {"clause", "default", "note", "force"}

Values = Mapping[str, Sourced[Any]]


@dataclass(frozen=True, slots=True)
class Document:
    """One dated policy document with its values by section."""

    id: str
    kind: str
    title_zh: str
    title_en: str
    #: 文号; empty where it is not known or there is none
    number: str
    issued_on: Sourced[date] | None
    effective_on: Sourced[date]
    #: the first day on which the document no longer holds by its own words
    lapses_on: Sourced[date] | None
    #: 12-digit code; zeros for the nation
    region: str
    region_zh: str
    region_note: str
    #: documents that end when this one takes effect
    replaces: tuple[str, ...]
    #: the programme with which this one lapses
    implements: str
    #: the programme that this one keeps in force at its place
    keeps: str
    note: str
    #: ids of the sources listed in the domain's bibliography
    sources: tuple[str, ...]
    #: section (contract, conduct, targets) → parameter → value
    sections: Mapping[str, Values]
    #: file name, for messages
    file: str

    @property
    def cited_as(self) -> str:
        """How papers cite it: by number, else by title."""
        return self.number or f"《{self.title_zh}》"

    @property
    def digits(self) -> str:
        """The scope of its place; empty for the nation."""
        return digits_of(self.region)

    @property
    def start(self) -> date:
        """The day of effect."""
        return self.effective_on.value

    def runs(self, on: date) -> bool:
        """Whether ``on`` lies between the day of effect and the end the document names itself."""
        return self.start <= on and (self.lapses_on is None or on < self.lapses_on.value)

    def covers(self, region: str) -> bool:
        """Whether a region lies in the document's place."""
        return digits_of(region).startswith(self.digits)


def digits_of(region: str) -> str:
    """The scope digits of a region; empty for the nation."""
    return "" if region == NATION else scope_digits(region)


def read_document(path: Path) -> Document:
    """One document; whatever breaks the form is refused with file, key and rule."""
    return Reader(path.name, read_toml(path, invalid)).document()


def invalid(file: str, key: str, zh: str, en: str) -> PolicyFileInvalid:
    """The refusal of a file."""
    return PolicyFileInvalid(field=key, file=file, key=key, rule_zh=zh, rule_en=en)


class Reader:
    """Reads one document; knows the file for its messages."""

    def __init__(self, file: str, raw: dict[str, object]) -> None:
        self.file = file
        self.raw = raw

    def document(self) -> Document:
        """The document with its sections."""
        self._table("", self.raw, {"document"}, set(SCHEMAS))
        head = self._table("document", self.raw["document"], _NEEDED, _ALLOWED)
        document = self._head(head)
        self._check_place(document)
        sections = {name: self._section(name, self.raw.get(name, {}), document) for name in SCHEMAS}
        self._check_sections(document, sections)
        return replace(document, sections=sections)

    def _head(self, head: Mapping[str, object]) -> Document:
        texts = {key: self._text(f"document.{key}", head.get(key, "")) for key in _TEXTS}
        cited_as = texts["number"] or f"《{texts['title_zh']}》"

        def day(key: str) -> Sourced[date] | None:
            if key not in head:
                return None
            line = Line(DAY, key, key)
            return self._sourced(f"document.{key}", head[key], line, texts["id"], cited_as)

        return Document(
            id=texts["id"],
            kind=texts["kind"],
            title_zh=texts["title_zh"],
            title_en=texts["title_en"],
            number=texts["number"],
            issued_on=day("issued_on"),
            effective_on=cast("Sourced[date]", day("effective_on")),
            lapses_on=day("lapses_on"),
            region=texts["region"] or NATION,
            region_zh=texts["region_zh"] or "全国",
            region_note=texts["region_note"],
            replaces=self._texts("document.replaces", head.get("replaces", [])),
            implements=texts["implements"],
            keeps=texts["keeps"],
            note=texts["note"],
            sources=self._texts("document.sources", head.get("sources", [])),
            sections={},
            file=self.file,
        )

    def _check_place(self, document: Document) -> None:
        for key in ("id", "title_zh", "title_en"):
            if not getattr(document, key):
                raise self._invalid(f"document.{key}", "不能为空", "must not be empty")
        if document.kind not in KINDS:
            raise self._invalid(
                "document.kind", f"只能是 {'、'.join(KINDS)} 之一", f"one of {', '.join(KINDS)}"
            )
        national = document.region == NATION
        if not national and not well_formed(document.region):
            raise self._invalid("document.region", "须为12位地区代码", "a region code of 12 digits")
        if document.kind in {"general", "programme", "supplement"} and not national:
            raise self._invalid(
                "document.region",
                "地方文件的kind须为local或plan",
                "a document of a place is local or a plan",
            )
        if document.kind == "local" and national:
            raise self._invalid(
                "document.region", "地方文件须写明地区", "a local document names its region"
            )
        self._check_bonds(document)

    def _check_bonds(self, document: Document) -> None:
        """A supplement and a local document name their programme; no other kind does."""
        bonds = [bond for bond in (document.implements, document.keeps) if bond]
        if len(bonds) != (1 if document.kind in {"supplement", "local"} else 0):
            raise self._invalid(
                "document.implements",
                "补充文件和地方文件须且只须写明所依据的全国文件",
                "a supplement or local document, and no other, names one programme",
            )
        if document.kind == "supplement" and document.keeps:
            raise self._invalid(
                "document.keeps",
                "只有地方文件可以保留旧政策",
                "only a local document keeps an older programme",
            )
        end = document.lapses_on
        if end is not None and end.value <= document.start:
            raise self._invalid(
                "document.lapses_on", "失效日须晚于生效日", "it ends after it takes effect"
            )

    def _section(self, name: str, raw: object, document: Document) -> Values:
        lines = SCHEMAS[name]
        section = self._table(name, raw, set(), set(lines))
        return {
            key: self._sourced(f"{name}.{key}", value, lines[key], document.id, document.cited_as)
            for key, value in section.items()
        }

    def _check_sections(self, document: Document, sections: Mapping[str, Values]) -> None:
        rules = {"contract", "conduct", "mutual"}
        allowed = {"plan": {"targets"}, "note": set()}.get(document.kind, rules)
        for name, values in sections.items():
            if values and name not in allowed:
                raise self._invalid(
                    name,
                    f"kind为{document.kind}的文件不能有这一节",
                    f"a document of kind {document.kind} has no such section",
                )

    def _sourced(
        self, key: str, raw: object, line: Line, document: str, cited_as: str
    ) -> Sourced[Any]:
        row = self._table(key, raw, {"value"}, _CLAUSED)
        clause = self._text(f"{key}.clause", row.get("clause", ""))
        default = row.get("default", False)
        if not isinstance(default, bool):
            raise self._invalid(f"{key}.default", "须为true或false", "true or false")
        if not clause and not default:
            raise self._invalid(
                key,
                "须写明条文（clause），或标明为默认值（default = true）",
                "needs a clause, or default = true",
            )
        force = row.get("force", "flat")
        if force not in FORCES:
            raise self._invalid(
                f"{key}.force", f"只能是 {'、'.join(FORCES)} 之一", f"one of {', '.join(FORCES)}"
            )
        try:
            value = line.kind.read(row["value"])
        except FormBroken as error:
            raise self._invalid(f"{key}.value", error.zh, error.en) from error
        note = self._text(f"{key}.note", row.get("note", ""))
        return Sourced(value, document, cited_as, clause, default, note, force)

    def _table(
        self, key: str, raw: object, needed: set[str], allowed: set[str]
    ) -> Mapping[str, object]:
        if not isinstance(raw, dict):
            raise self._invalid(key, "须为表", "a table")
        unknown = sorted(set(raw) - needed - allowed)
        if unknown:
            raise self._invalid(f"{key}.{unknown[0]}".strip("."), "没有这个键", "no such key")
        try:
            return table(raw, needed, allowed)
        except FormBroken as error:
            raise self._invalid(key, error.zh, error.en) from error

    def _text(self, key: str, raw: object) -> str:
        if not isinstance(raw, str) or raw != raw.strip():
            raise self._invalid(key, "须为首尾无空格的文字", "text without blanks at its ends")
        return raw

    def _texts(self, key: str, raw: object) -> tuple[str, ...]:
        if not isinstance(raw, list):
            raise self._invalid(key, "须为文字的列表", "a list of texts")
        return tuple(self._text(key, item) for item in raw)

    def _invalid(self, key: str, zh: str, en: str) -> PolicyFileInvalid:
        return invalid(self.file, key, zh, en)
