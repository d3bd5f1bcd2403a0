"""The county's roster as an Excel or CSV file: read, tried out, imported, and exported again.

    columns   reads the rows into clean values
    plan      says what they would do, without doing it
    intake    does it
    export    writes the roster in the same columns

A file that was exported and comes back changes nothing.
"""
