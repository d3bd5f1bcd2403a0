"""An import taken back as a whole, until points are booked in its area.

    trace        writes down what an import does, row by row
    dependents   what may hang on a row that came with a file, and whether it stands in the way
    findings     what taking an import back would do as of now, and what stands in the way
    undoing      does it

New rows go, changed ones get the values from before. Where a journal names a row, neither goes: the row is
put out of use by a further line, as the kind of its file says (`FileType.reversal`).
"""
