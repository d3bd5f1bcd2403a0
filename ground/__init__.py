"""The ground floor, without a word of the field: database, clock, refusals, forms, web, paper, tables."""

import gc

# The start of the program and an import make hundreds of thousands of objects that stay: at Python's own
# thresholds the garbage collector takes a fifth of the one and half of the other.
gc.set_threshold(50_000, 20, 100)
