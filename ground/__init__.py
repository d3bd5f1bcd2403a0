"""The ground floor, without a word of the field: database, clock, refusals, forms, web, paper, tables."""

import gc

# Python looks for garbage after every 700 new objects, and now and again among all of them. To load the
# program makes 300,000 that stay, and a county's roster brings as many: of a start that took a tenth, of an
# import a third. At 50,000 it takes no less, and the cards of a county keep 60 MB more of what is garbage.
# It is said here, as whatever is loaded of the program comes after this.
gc.set_threshold(5_000, 20, 100)
