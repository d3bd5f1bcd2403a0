"""The five openings (五公开) of a village: goods received, prices, rubric, points booked, redemptions."""
