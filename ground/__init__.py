"""What knows no word of the field: database, clock, refusals, forms, the web, paper and tables."""
