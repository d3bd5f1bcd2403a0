"""Trainings, who lacks one, and the yearly two-way evaluation."""
