"""Help for each page of `reports`: what it is for, what to do first, what happens then."""

from flask_babel import lazy_gettext as _

HELP_TEXTS = {
    "boards.board": _(
        "What asks for somebody today stands first, and leads to where it is seen to. Below stands the "
        "quarter beside the one before. Villages stand by how much asks for help; nobody is ranked or named."
    ),
    "disclosure.disclosures": _(
        "What a village lays open of each quarter or month. Open one that is over, print it, hang it up; the "
        "public page is the same sheet, and its code is on the paper."
    ),
    "disclosure.disclosure": _(
        "The five openings of this time, as they hang: names are masked, each part sums to its foot. Print "
        "it once the time is over; A3 is for a wall, where many stand before it."
    ),
    "disclosure.public_disclosures": _(
        "What the village lays open, quarter by quarter or month by month. Choose one; it is the sheet that "
        "hangs on the wall."
    ),
    "disclosure.public_disclosure": _(
        "Goods that came in, prices, the rubric, points awarded and redemptions of this time, as they hang "
        "on the wall. Compare them, and ask the committee about what you don't understand."
    ),
    "packets.quarter_packets": _(
        "What goes into the cupboard of a booked quarter: all its papers in one PDF, with contents and page "
        "numbers. Make it, print it, let its slip be signed; its SHA-256 shows later that nothing was "
        "changed."
    ),
    "books.books": _(
        "What an accountant or an inspector asks for. Choose a book, then the days. Every book is made of "
        "the entries themselves, so it says the same today and in a year."
    ),
    "books.points": _(
        "Who got and spent how many points, and why. Choose days, or one worker. What was held before, "
        "plus and minus come to what is held at the end."
    ),
    "books.redemptions": _(
        "Every article that was handed out, with its receipt and lot. A void stands as a row of its own, "
        "with minus. On paper there is a place for the recipient's signature."
    ),
    "books.stock": _(
        "What was there, what came in, what went out, what the counts found. Opening plus in less out is "
        "closing, and the next days begin with it."
    ),
    "books.valued": _(
        "Choose the month's first and last day, print it, and give it to the accountant with the vouchers. "
        "What is left at its end is what the next month begins with. Goods without a cost count with 0 yuan."
    ),
    "books.lots": _(
        "The same as the stock book, for each lot that came in: where it is from, what it cost, until "
        "when it is good. Choose the days, then take it out or print it."
    ),
    "books.donations": _(
        "What was given on these days and what became of it until today; nowhere to whom. Show it to the "
        "donors, or print it for the file."
    ),
    "books.services": _(
        "What the workers did on these days, who wrote it down and who confirmed it. Points are as the "
        "rubric has them; the meeting and the caps come after."
    ),
    "books.objections": _(
        "Who objected to what hung on the wall, what was answered and after how many days. What has no "
        "answer yet stands without one."
    ),
    "books.terms": _(
        "Who served in which grid on these days, since when, until when, and after whom. Choose the days, "
        "then take it out or print it."
    ),
    "books.trainings": _(
        "Who was at which session, by card or by the list. Choose the days, then take it out or print it "
        "for the file."
    ),
    "returns.returns": _(
        "What goes up at the end of a quarter. Choose the quarter, look at its figures, and send them. "
        "What was sent stays as it was; if something is put right later, send a correction."
    ),
    "returns.quarterly": _(
        "The quarter's figures, counted from the records. Sent by one button, they are kept as they are "
        "then. What changes afterwards is marked here, and goes up as a correction with its reason."
    ),
    "prefecture.counties": _(
        "What the counties sent of a quarter; it comes here by itself. Choose the quarter and the part, see "
        "who has not sent, and take it out or print it. Who has put something right stands with what it was."
    ),
}
