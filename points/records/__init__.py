"""What a worker writes down in a grid, entered once; each record is the evidence of a service."""
