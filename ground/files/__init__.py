"""The program's own files: where they lie, and who may read them."""
