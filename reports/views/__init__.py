"""Pages of the reports, a package for each room, each with its blueprint."""
