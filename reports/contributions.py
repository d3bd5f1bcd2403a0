"""What `reports` adds to the application."""

from ground.contributions import Package

REPORTS = Package(name="reports", title="Books, boards and papers")
