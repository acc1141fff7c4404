"""Settings and the county's own data, read by the edges alone.

Folders: ``policies`` (dated documents), ``rates`` (benchmark and LPR), ``ratings`` (schemes),
``calendar`` (holidays), ``regions`` (divisions). A county may keep its own copy of them and point
``FUPIN_CONFIG_DIR`` there.
"""
