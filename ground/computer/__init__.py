"""The computer on which the program runs: where files lie there, who may read them, what it calls itself."""
