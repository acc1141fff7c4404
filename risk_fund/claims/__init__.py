"""Claims on the fund (代偿申请): counted, filed, decided by three offices, paid.

``amounts`` is pure. ``record`` writes a claim down and reads it back, with the hash that every
later office decides on.
"""
