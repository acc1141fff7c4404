"""The HTTP edge and the command line: routes, pages, commands; no arithmetic, no rules."""
