"""The refusal of a procedure, a survey or a table of lines that breaks its form."""

from __future__ import annotations

from households.identification.refusals import ProcedureFileInvalid


def invalid(file: str, key: str, zh: str, en: str) -> ProcedureFileInvalid:
    """The refusal of a file."""
    return ProcedureFileInvalid(field=key, file=file, key=key, rule_zh=zh, rule_en=en)
