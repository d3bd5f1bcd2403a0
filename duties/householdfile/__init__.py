"""A village's households (六清) as an Excel or CSV file: tried out, taken in, and written out again.

`columns` reads the rows clean, `plan` says what they would do, `intake` does it by the verbs of
`duties.households.files`, `export` writes the ledger in the same columns: what was written out and comes back
changes nothing. A wrong file is taken back: new files are emptied and put out of use, as the history of their
classes names them.
"""
