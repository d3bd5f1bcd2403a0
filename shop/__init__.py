"""How points are spent: cards, goods, stock, redemptions and their receipts."""
