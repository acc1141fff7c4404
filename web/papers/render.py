"""Typst at work: a template of this folder and a paper's data give a PDF, the same bytes each time.

The data travels as JSON in ``sys.inputs`` and is only ever shown, so that a name that looks like
markup stays a name. A template reads its own folder and nothing else; fonts are the two that come
with us, none of the machine's. The date inside the file is the books' day on the paper.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import typst
from pylopdf_fonts_zh_cn import serif_path

from loans.documents import digest_of
from web.papers.plain import plain

FOLDER: Final = Path(__file__).parent
#: what archives take: everything inside the file, nothing that runs
STANDARD: Final = "a-2b"
_BY_HAND: Final = "〔U+"

_one_at_a_time = Lock()


class PaperBroken(RuntimeError):
    """A template did not draw as it should: a fault of ours."""


def draw(kind: str, paper: object) -> bytes:
    """A paper as PDF."""
    return _compile(kind, paper)[0]


def preview(kind: str, paper: object, *, ppi: int = 110) -> list[bytes]:
    """A paper's pages as pictures, to be looked at."""
    return _compile(kind, paper, ppi=ppi)


def _compile(kind: str, paper: object, *, ppi: int | None = None) -> list[bytes]:
    data = plain(paper)
    inputs = {
        "data": json.dumps(data, ensure_ascii=False),
        "digest": digest_of(paper),
        "by_hand": "yes" if _BY_HAND in str(data) else "",
    }
    with _one_at_a_time:
        made, warnings = _compiler().compile_with_warnings(
            input=str(FOLDER / f"{kind}.typ"),
            sys_inputs=inputs,
            format="pdf" if ppi is None else "png",
            ppi=ppi,
            pdf_standards=[STANDARD] if ppi is None else [],
        )
    if warnings or made is None:
        raise PaperBroken(f"{kind}: {'; '.join(map(str, warnings))}")
    return made if isinstance(made, list) else [made]


@cache
def _compiler() -> typst.Compiler:
    """One for the process: it keeps the faces and the parsed templates."""
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(serif_path().parent)],
    )
    return typst.Compiler(root=str(FOLDER), font_paths=fonts, ignore_system_fonts=True)
