"""How households are found: the survey, the procedure and its steps, and the lists that decide.

``procedure`` and ``survey`` read the dated rules; ``cases`` and ``steps`` take lists of households
through them, ``notices`` hears objections, ``lists`` takes what the county decided on paper, and
``rounds`` keeps review rounds, samples, populations and poor villages. ``rates`` is arithmetic.
"""

from __future__ import annotations
