"""A ledger book as an Excel file: its title, place and days, the rows as they are read, and its foot."""

from flask_babel import force_locale, gettext

from ground import clock
from ground.paper import words
from ground.tables import BookWriter
from reports.books.book import Book, Scope, check_size

# So many rows of a file are waited for: some half a minute.
MOST_ROWS = 200_000
# A column of so many millimetres on paper is one character wide.
MILLIMETRES_A_CHARACTER = 1.6


def write(book: Book, scope: Scope) -> tuple[bytes, int]:
    """The file, in Chinese as it goes on to offices, and how many records are in it.

    Refused `too_many_rows` beyond what is waited for.
    """
    with BookWriter() as writer, force_locale("zh"):
        frame, count = book.shown_frame(scope), 0
        check_size(frame.records, MOST_ROWS)
        sheet = writer.add_printed(
            str(book.title),
            [heading(book, scope), subject(scope)],
            [(str(each.heading), each.wide / MILLIMETRES_A_CHARACTER) for each in book.shown_columns(scope)],
            gettext("Page %(number)s of %(count)s", number="&P", count="&N"),
        )
        if frame.before:
            sheet.add(frame.before)
        for line in book.lines(scope):
            sheet.add(line)
            count += 1
        for line in frame.below:
            sheet.add(line, is_sum=True)
        sheet.end(["    ".join((*signers(), made()))])
        return writer.content(), count


def heading(book: Book, scope: Scope) -> str:
    """What it is, and of which place."""
    return f"{scope.area.name} {book.title}"


def subject(scope: Scope) -> str:
    """The days, and whose it is, if it is one worker's."""
    days = gettext("%(first)s to %(last)s", first=words.day(scope.first), last=words.day(scope.last))
    return f"{scope.sight.name(scope.worker)} {days}" if scope.worker else days


def signers() -> tuple[str, str]:
    """Who signs, each with room for the name."""
    return f"{gettext('Prepared by')}：________________", f"{gettext('Reviewed by')}：________________"


def made() -> str:
    """When it was made."""
    return gettext("Made %(moment)s", moment=words.moment(clock.now()))
