"""The floors: bare Flask views on the program's own tables, with the least raw SQL that does the same.

They keep no rule but those without which nothing would fit: a key of a device, checked by its hash; a good
card; a balance and lots that suffice; a receipt number without gaps; the chain's next hash. What they write,
`flask ledger verify` accepts. Each commit waits for the disk, as the program's does, and the answer has the
same fields. They are served by the program's server.
"""
