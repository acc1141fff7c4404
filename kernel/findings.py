"""Findings: what ``fupin verify`` names when the books, read back, do not say what they should."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between what stands in the books and what recomputing gives."""

    #: which check, ``room.rule``
    check: str
    #: which table
    table: str
    #: which row or rows: a business key where there is one
    key: str
    #: what differs, in Chinese
    zh: str
    #: the same in English
    en: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)
