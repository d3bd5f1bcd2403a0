"""A second person (复核): some things are proposed by one person and done once another agrees."""
