"""What the program costs, figure by figure, each beside a floor: the least that a bare view does for it.

    make bench                      every figure, on both databases
    make bench ARGS="redemption"    those of one module; ARGS="card --database sqlite --seconds 2"
    make growth                     a county's machine work, and what grows with its years, without floors

    figures.py    a figure, its goal, and how it is told
    sites.py      a filled database of either kind, with the program and the floors served on it
    county.py     what the database is filled with
    clients.py    the clients that ask
    floors/       the bare views
    history.py    a county with three years behind it, a million of each if asked for; bulk.py writes it
    growth.py     what takes longer with it, or must not; pages.py asks for every page
    flat.py       what is asked most, and is to stay as quick
    machine.py    roster, quarter, goods, cards and receipts of a county; commands.py runs what is a command
    roster.py     the roster's file; quarter.py a quarter before its meetings; cards.py draws the cards
    the others    a module for each thing that is measured, with `measure(site)`; __main__.py lists them

Floor and program are asked in turn in one run, so whatever else the machine does falls on both. The ratio
of the two is what is to be believed; the figures themselves are this machine's.
"""
