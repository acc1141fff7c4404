"""What the faces can show, read from their own tables; a character they lack is told by its number.

A name may hold a character that no face of ours has. A paper that drops it in silence would be
another person's; so the place shows 〔U+2A0C4〕, to be put right by hand. Marks that turn the
direction of text and other invisible characters are in no face and come out the same way.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from typing import Final

from pylopdf_fonts_zh_cn import sans_path, serif_path

_TABLE: Final = struct.Struct(">4sIII")
_SUBTABLE: Final = struct.Struct(">HHI")
_GROUP: Final = struct.Struct(">III")
#: the subtable for the whole of Unicode
_UNICODE: Final = (3, 10)


def printable(text: str) -> str:
    """The text, with what cannot be shown told by its number."""
    shown = characters()
    return "".join(one if one in shown else f"〔U+{ord(one):04X}〕" for one in text)


@cache
def characters() -> frozenset[str]:
    """What both faces can show."""
    return _characters(serif_path()) & _characters(sans_path())


def _characters(path: Path) -> frozenset[str]:
    font = path.read_bytes()
    start = _cmap(font)
    (subtables,) = struct.unpack_from(">H", font, start + 2)
    for nr in range(subtables):
        platform, encoding, offset = _SUBTABLE.unpack_from(font, start + 4 + nr * _SUBTABLE.size)
        if (platform, encoding) == _UNICODE:
            return frozenset(_groups(font, start + offset))
    raise ValueError(f"{path.name} has no table of all its characters")


def _cmap(font: bytes) -> int:
    """Where the table of characters begins."""
    (tables,) = struct.unpack_from(">H", font, 4)
    for nr in range(tables):
        tag, _checksum, offset, _length = _TABLE.unpack_from(font, 12 + nr * _TABLE.size)
        if tag == b"cmap":
            return int(offset)
    raise ValueError("a font without a table of characters")


def _groups(font: bytes, start: int) -> set[str]:
    """Format 12: runs of characters with runs of glyphs."""
    (form,) = struct.unpack_from(">H", font, start)
    if form != 12:
        raise ValueError(f"a table of characters of format {form}")
    (count,) = struct.unpack_from(">I", font, start + 12)
    found: set[str] = set()
    for nr in range(count):
        first, last, _glyph = _GROUP.unpack_from(font, start + 16 + nr * _GROUP.size)
        found.update(map(chr, range(first, last + 1)))
    return found
