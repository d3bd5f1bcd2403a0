"""The shop's printed matter: receipts, closing sheets, shelf labels, donation receipts, consignment notes."""
