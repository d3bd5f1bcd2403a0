"""A shop's goods as an Excel or CSV file: read, tried out, taken in, and written out again.

`columns` reads the rows clean, `plan` says what they would do, `intake` does it, `export` writes the goods in
the same columns: what was written out and comes back changes nothing. Of stock it takes in what was there
before anybody wrote down what came in; what came in since is counted by a stock-take.
"""
