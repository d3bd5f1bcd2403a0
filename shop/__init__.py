"""How points are spent: goods, stock, redemptions and their receipts."""
