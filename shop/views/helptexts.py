"""Help for each page of `shop`: what it is for, what to do first, what happens then."""

from flask_babel import lazy_gettext as _

HELP_TEXTS = {
    "desk.holder": _(
        "Whoever has the card sees its points and its latest entries; the name is shortened. A card that "
        "you found: please give it to the village committee. Lost yours? Tell them at once."
    ),
    "desk.check": _(
        "Hold the paper beside it: number, day and total have to be the same. If they are not, show the "
        "paper to the village's supervisors. What was taken, and by whom, is not shown."
    ),
    "desk.desk": _(
        "Scan the card first, then the goods. If it cannot be scanned, type the nine digits on the card. "
        "Where the network may fail, prepare the desk for it beforehand: the button is below."
    ),
    "desk.desk_card": _(
        "Look first whether it is the person on the card, then scan the goods. Hand them out only after the "
        "green page. No network: press again, it counts once."
    ),
    "desk.redemptions": _(
        "Press a receipt to see what was in it, or print it again. If something was handed out wrongly, the "
        "manager voids it there, in the same quarter only."
    ),
    "desk.redemption": _(
        "Print it again if the paper is lost. If something was wrong, the manager voids it with the reason: "
        "points and goods go back. After its quarter that is not possible any more."
    ),
    "desk.closings": _(
        "At the end of each day press “Close today”, compare, print and sign. A day that was forgotten can "
        "be printed later: press it in the list."
    ),
    "desk.closing": _(
        "Compare the paper receipts with the list before you sign. As long as the day is not over, each "
        "further redemption changes the sheet. Something is missing: look for its number in the list."
    ),
    "offline.leases": _(
        "A desk that holds the shop goes on without a network and brings everything in afterwards. What "
        "could not be booked then waits here: the manager or the chair books it or sets it aside."
    ),
    "purchases.suggestions": _(
        "Look at what runs out within a quarter and what was asked for in vain. Press the button to make a "
        "purchase request of it; every number can still be changed there."
    ),
    "purchases.new_request": _(
        "Change the numbers, empty what is not to be bought, and write further goods into the blank rows. "
        "Then a second person approves it; who asks does not approve."
    ),
    "purchases.requests": _(
        "Press a number to see what was asked for, to print it, and to see who approved it. What came in for "
        "it stands beside it."
    ),
    "purchases.request": _(
        "Print it and let it be signed. A second person approves it on their front page. When the goods "
        "come, press “Take in what was bought”: the rows stand there already."
    ),
    "purchases.wish": _(
        "Write what somebody asked for and the shop did not have. It counts for 90 days where it is decided "
        "what to buy. At the desk the same is done by one tap at what has none left."
    ),
    "stock.vouchers": _(
        "Whatever comes in or goes out makes its voucher by itself, under a number that never changes. "
        "Choose the month, print all of them, let three people sign, and file them. What was undone has a "
        "voucher in red."
    ),
    "stock.voucher": _(
        "Compare it with the goods and the invoice, print it, and let three people sign. It is never "
        "changed: what was wrong is undone, and that has a voucher of its own, in red."
    ),
    "shelf.goods": _(
        "The manager puts new goods on the shelf and takes deliveries in; all others look. Prices are in "
        "points. Goods are never deleted: what is not offered any more goes to the archive."
    ),
    "shelf.article": _(
        "The manager changes price, codes and picture here. A new price holds from its day on; what was "
        "redeemed before stays. In the archive it is not offered, and can be brought back."
    ),
    "shelf.new_goods": _(
        "Look first whether it is on the shelf or in the archive already. Another size is another article. "
        "It comes without stock: take in the delivery next."
    ),
    "shelf.import_goods": _(
        "Download the template first, or take a table of your own with the same headings. Choosing a file "
        "changes nothing yet. How many lie there belongs in it for goods that never came in, as opening "
        "stock."
    ),
    "shelf.goods_file": _(
        "Look first at cells that cannot be taken: mend them in your file and choose it again. Then compare "
        "what would be added and changed. If it was the wrong file, all of it is taken back as long as no "
        "points were booked."
    ),
    "shelf.goods_imports": _(
        "If a file was the wrong one, press its name: you see what would go, and nothing is done yet. What "
        "was taken back stays on this page, with who did it and why."
    ),
    "shelf.take_back_goods": _(
        "Look first whether something stands in the way; settle that, or correct the mistakes one by one. "
        "Then compare what would go, say why, and press the button. After that the right file can come in."
    ),
    "shelf.hours": _(
        "Write down when the shop is open each week, on exchange days and on single dates. Outside these "
        "hours the desk hands nothing out. A change holds at once."
    ),
    "shelf.devices": _(
        "A till or program gets a key here, which is shown once: enter it at once. It may do what you may, "
        "but voids only what it just handed out unless you let it, and stops when you are no manager here "
        "any more. If a device is lost or sold, take its key back."
    ),
    "shelf.printing": _(
        "Choose the paper that your printer has. A network printer prints by itself what the desk hands out; "
        "print a trial first. Something does not fit any more: choose anew, it holds at once."
    ),
    "shelf.budget": _(
        "It says whether goods and money are enough for the points that people hold. The chair writes down "
        "the year's budget. Mistyped: write it once more, the last one counts."
    ),
    "stock.stock": _(
        "Take expired goods off the shelf first; the manager writes them off. Then use up what expires "
        "soon, and buy what runs low. A line leaves the list once that is done."
    ),
    "stock.goods_stock": _(
        "Each delivery and where it went stands here. What was written down by mistake the manager undoes; "
        "both lines stay. If shelf and books differ, begin a stock-take."
    ),
    "stock.trace_points": _(
        "Press an entry to follow the points on, or a receipt to see the goods. Nobody marks points: it is "
        "the order of the entries that says which were spent first, and a void gives them back to where they "
        "came from."
    ),
    "stock.trace_lot": _(
        "Above stands who gave or sold it and on which delivery, below every receipt on which something of "
        "it went out. Came in, less handed out and gone otherwise, is what is left."
    ),
    "stock.deliveries": _(
        "All that came in, delivery by delivery. Count what a driver brings before you take it in, and write "
        "it down all at once. Press a number to see its lines, print it, or undo it."
    ),
    "stock.new_delivery": _(
        "Scan each piece, or write article and number into the rows. What stays empty is no line. All of it "
        "is taken in at once; if a row cannot be taken, nothing is and what you typed stays."
    ),
    "stock.delivery": _(
        "Print it, and let who took in, who looked and who agrees sign. One wrong line is undone at its "
        "article; the whole as long as nothing of it was handed out."
    ),
    "stock.undo_delivery": _(
        "Everything on this delivery that is not undone yet leaves the stock again, with your reason. The "
        "delivery stays in the list. One of an earlier day needs a second person."
    ),
    "stock.receive_goods": _(
        "Count the goods first, then write down how many came and from where. Of a donation name the donor: "
        "the receipt is printed afterwards. Mistyped: undo it under Stock."
    ),
    "stock.give_back": _(
        "For goods that go back to whoever supplied them: how many, and why. They leave the stock at once. "
        "Mistyped: undo it under the article's stock."
    ),
    "stock.write_off": _(
        "For what is spoilt, broken or expired: how many, and why. Let somebody look at it with you. It "
        "leaves the stock at once; mistyped, it is undone there."
    ),
    "stock.send_lot": _(
        "Choose the shop and how many, then print the note that goes along. As long as they have not taken "
        "it in, you can take it back under Between shops."
    ),
    "stock.undo_move": _(
        "Only this one line is undone, with your reason. The stock is then as before it, and both lines "
        "stay. What was handed out by it already cannot be undone."
    ),
    "stock.consignments": _(
        "What comes from another shop: count it, then take it in; what is wrong goes back. What you sent "
        "can be taken back as long as the other shop has not taken it in."
    ),
    "stock.donations": _(
        "A donation is written down when its goods are taken in; here its receipt is printed again. By the "
        "code on it the donor sees what became of the goods."
    ),
    "stock.donor": _(
        "You see how much of your gift went out to grid workers, and what is still there. Who received it "
        "is not shown. For questions ask the shop that is named above."
    ),
    "stock.stock_takes": _(
        "Choose a quiet hour; the shop may stay open. Called off, a stock-take changes nothing. A manager "
        "who counted voids no receipt in that quarter."
    ),
    "stock.stock_take": _(
        "Look first at the largest differences and have them counted once more. Then a manager who did not "
        "count books them, which cannot be undone. What nobody counted stays as it is."
    ),
    "stock.count": _(
        "Count what lies there and do not look into the books. Save from time to time; others see it then. "
        "Counted wrongly: count it again and save, the last number counts."
    ),
}
