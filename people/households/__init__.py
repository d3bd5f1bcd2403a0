"""Households (六清): their files, their classes, and the ledgers of a grid and a village."""
