"""Books, boards and papers over all rooms: what a village shows, its accountant files, a county sees."""
