"""Points for goods: who may take what today, redemptions and their voids, and the day's account."""
