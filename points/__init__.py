"""How points are earned: rubrics, services, the quarter's assessment, and the ledger that books them."""
