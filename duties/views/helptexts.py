"""Help for each page of `duties`: what it is for, what to do first, what happens then."""

from flask_babel import lazy_gettext as _

HELP_TEXTS = {
    "duties.due": _(
        "Who waits longest stands first; press “Record a visit” beside the name. Below stands what was "
        "promised and is still open. What somebody else confirms brings points."
    ),
    "duties.import_households": _(
        "The list that the village keeps in Excel comes in here: one row a household, with its grid. First "
        "it is only tried out. An empty cell changes nothing; what was written out comes in again."
    ),
    "duties.household_file": _(
        "Read first what would be added and changed. Cells that can't be taken are named; mend them in the "
        "file and choose it again. All of it is taken in, or nothing; a wrong file is taken back whole as "
        "long as no points were booked."
    ),
    "duties.household_imports": _(
        "If a file was the wrong one, press its name: you see what would go, and nothing is done yet. What "
        "was taken back stays on this page, with who did it and why."
    ),
    "duties.take_back_households": _(
        "Look first whether something stands in the way; settle that, or correct the mistakes one by one. "
        "Then compare what would go, say why, and press the button. After that the right file can come in."
    ),
    "duties.new_visit": _(
        "Press what you did, and write in a few words what you saw. What you promised stays on your list "
        "until it is done. Somebody else then confirms the visit."
    ),
    "duties.new_visit_in_grid": _(
        "Open it before you leave: it works without a network. Choose the household and press what you did. "
        "What you write down waits on your telephone and goes out by itself later."
    ),
    "duties.household_visits": _(
        "Read before you go again what was seen and promised last time. A visit is not rewritten: tell the "
        "clerk if something is wrong. What was promised is ticked off under Visits due."
    ),
    "duties.visit": _(
        "This is the one visit that a record came of. Compare what was done and seen before you confirm it. "
        "Only this grid's worker and instructor and the committee see it."
    ),
    "duties.gatherings": _(
        "Write a gathering down on the day itself: grid, topic, how many came. Below you see which grids "
        "still owe some this month. Somebody else confirms it, then it brings points."
    ),
    "duties.new_gathering": _(
        "Count who really came: supervision may ask. A worker writes down their own, clerk and instructor "
        "from paper for the grid's worker. Somebody else then confirms it."
    ),
    "duties.households": _(
        "Find a household by class, grid or name. Open a file for each one that is missing. What stands in "
        "a file only the grid's worker and instructor and the committee may read."
    ),
    "duties.grid_households": _(
        "All households of this grid stand here; print them as its ledger. If one is missing, add it. If "
        "the grid was split, move several at once to another one."
    ),
    "duties.household": _(
        "What is wrong is corrected; if life has changed, choose another class, and visits become due by "
        "it. Who moved away is marked so, and the file stays. Record visits from here."
    ),
    "duties.reclassify_household": _(
        "A priority household is visited weekly, a watched one monthly, an ordinary one as needed. Write "
        "down since when and why: supervision reads it. Earlier classes stay."
    ),
    "duties.correct_household": _(
        "Look twice: what stood here before is not kept. Never type the number of an identity card. Another "
        "class is chosen on its own page."
    ),
    "duties.household_leaves": _(
        "Only if the whole household moved away; if one of them did, correct the file. Visits become due no "
        "more. If they come back, the file is taken up again."
    ),
    "duties.move_households": _(
        "Tick those who belong to another grid by now, and choose which. They get new numbers there; files "
        "and classes go along. If it was a mistake, move them back."
    ),
    "duties.new_household": _(
        "Head and class come first; the rest can be added later. By the class it says when to visit. Write "
        "down only what helps, and never the number of an identity card."
    ),
    "duties.disputes": _(
        "You see the disputes of your own grid and those that came to your level. Worker, instructor or "
        "clerk open one. Two attempts that fail move it up."
    ),
    "duties.dispute": _(
        "Who mediates now writes down each attempt, good or bad. After two that fail the next level goes "
        "on. If it is severe, report it at once, and write how it is kept calm meanwhile."
    ),
    "duties.new_dispute": _(
        "Write who with whom, and what it is about; a few sentences are enough. Others do not learn of it. "
        "If somebody is in danger, call 110 first."
    ),
    "duties.area_disputes": _(
        "Press one that came to your level, and write down there how the attempt ended. Below are each "
        "village's figures by quarter. Of disputes that stay in the village you see numbers only."
    ),
    "duties.incidents": _(
        "Report what has happened as an emergency, what only threatens as a hazard. Press one and write "
        "down each step until it is closed. The ledger can be printed or taken out."
    ),
    "duties.incident": _(
        "Write down each step with its day; the last one closes it. If it was handed over, write to whom. "
        "No step is rewritten: a mistake is put right by a further one."
    ),
    "duties.new_hazard": _(
        "Write where it is so that others find it, and how bad it is. It stays on the list until it is "
        "closed. If it has happened already, report an emergency."
    ),
    "duties.new_emergency": _(
        "First call for help, then write here what happens and where. Village and township see it above "
        "their pages at once. Not sure how bad it is: choose the worse."
    ),
    "duties.emergencies": _(
        "Press one to see how far they are; the township writes down what it does. Until it is closed it "
        "stays above. Call the village: the page shows only what was written."
    ),
    "duties.report": _(
        "Choose the quarter, then print it or read it out. A record counts once it is confirmed, so figures "
        "still grow. For names look at the lists themselves."
    ),
}
