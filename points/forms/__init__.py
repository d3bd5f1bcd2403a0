"""Forms about points, a file for each idea; they check shape, the verbs check the rules."""
