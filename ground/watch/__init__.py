"""What the operator sees of the program: a log without anybody's data, and figures for a monitor."""
