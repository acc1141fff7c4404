"""A simulated county, deterministic from a seed, made through the doors that people use.

``make`` opens held books and works through the county's calendar: the register comes in as a file,
ratings as village sheets, loans as batch files, days are closed one by one. People, numbers and
lenders are invented: identity numbers carry the county part 431099, which was never given to
anyone. Nothing below knows that there is a demo.
"""
