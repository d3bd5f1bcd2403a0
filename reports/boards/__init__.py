"""A village's, township's or county's board: its quarter in figures, and what asks for something today."""
