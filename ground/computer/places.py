"""Where the program's files lie: what it brings along, and what it writes.

What it brings (templates, static files, migrations, translations, the county's list) lies beside app.py, in a
checkout and where it was installed. What it writes does not: a new version would take that away.
"""

from pathlib import Path

from platformdirs import user_data_path

ROOT = Path(__file__).parents[2]


def own_folder() -> Path:
    """The folder for what the program writes, unless a setting names another one.

    In a checkout `instance/`; of an installed program the user's folder for data, such as
    `~/.local/share/aixin`.
    """
    is_checkout = (ROOT / "pyproject.toml").is_file()
    return ROOT / "instance" if is_checkout else user_data_path("aixin", appauthor=False)
