"""The jobs: the clock's edge of the house. The close of a day, its timetable, its reports.

Here units of work are opened, leases taken, messages sent; what is done inside stands in the rooms.
"""
