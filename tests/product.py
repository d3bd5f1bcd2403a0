"""The program as its tests look at it: its packages and files."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("ground", "people", "points", "duties", "shop", "reports", "demo", "setup")
PRODUCT = [
    ROOT / "app.py",
    *(file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))),
]
