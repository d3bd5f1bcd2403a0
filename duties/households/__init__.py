"""The files of households: kept, found, listed and printed."""
