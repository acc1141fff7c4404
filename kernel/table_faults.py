"""What is wrong with one cell of a file: its line, its column, its value, and the rule it breaks.

Every room that reads a sheet tells its faults in this one form, all of them and not only the first.
"""

from __future__ import annotations

from dataclasses import dataclass

from kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one cell of a file."""

    line: int
    title: str
    value: str
    refusal: Refusal

    def as_dict(self) -> dict[str, object]:
        """For JSON and pages."""
        return {
            "line": self.line,
            "column": self.title,
            "value": self.value,
            "code": self.refusal.code,
            "zh": self.refusal.message("zh"),
            "en": self.refusal.message("en"),
        }
