"""Vouchers (出入库单): every change of the stock on a numbered sheet, as it is filed beside the books."""
