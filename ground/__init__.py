"""The ground floor, without a word of the field: database, clock, refusals, forms, web, paper, tables."""
