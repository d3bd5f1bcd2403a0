"""The roster: grids, the people of them, their terms, and how they come and go."""
