"""The four levels: 户有卡 a card for a household, 村有册 a book for a village, 乡镇有档 a file for
a township, 县市有平台 one platform for the county.

Each level is data of a day, read in a number of statements that does not grow with its rows; the
edges draw it as a page, a PDF or a workbook. The card is ``households.card``.
"""

from __future__ import annotations

from households.levels.counting import PlaceCounts, counts, total_of
from households.levels.county_platform import Platform, TownshipLine, county_platform
from households.levels.township_file import SheetLine, TownshipFile, VillageLine, township_file
from households.levels.village_book import BookRow, VillageBook, village_book

__all__ = [
    "BookRow",
    "PlaceCounts",
    "Platform",
    "SheetLine",
    "TownshipFile",
    "TownshipLine",
    "VillageBook",
    "VillageLine",
    "counts",
    "county_platform",
    "total_of",
    "township_file",
    "village_book",
]
