"""Observation of the program for its operator: a log without anybody's data, and figures."""
