"""The ground floor: money, days, regions, the database and its unit of work, trail, refusals."""
