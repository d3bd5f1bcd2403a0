"""The quarter's packet (季度档案): all papers of a booked quarter in one PDF, kept as it was made."""
