"""Forms for the records of duties."""
