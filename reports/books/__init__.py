"""Ledger books (台账): what a village keeps and files, row by row, on page, as Excel and on paper.

    book      what a book is: its columns, its records, what each says, and its foot
    shelf     all of them
    workbook  a book as an Excel file
    paper     a book on A4

Each other module is one book, or two of a kind. The figures come out of the rooms that own them.
"""
