"""Forms of the shop; they check shape, the verbs check the rules."""
