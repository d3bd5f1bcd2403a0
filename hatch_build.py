"""What a wheel holds that is made, not written: the compiled words, and the reader of codes where it is."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MadeFiles(BuildHookInterface):  # type: ignore[type-arg]
    """The step of the build that makes them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the Chinese, so that it is never older than its source, and say where things go."""
        root = Path(self.root)
        made = root / "build" / "made"
        for catalogue in sorted((root / "translations").rglob("*.po")):
            place = catalogue.relative_to(root).with_suffix(".mo")
            compiled = made / place
            compiled.parent.mkdir(parents=True, exist_ok=True)
            with catalogue.open("rb") as words, compiled.open("wb") as target:
                write_mo(target, read_po(words, locale=catalogue.parts[-3]))
            build_data["force_include"][str(compiled)] = str(place)
        reader = root / "build" / "static"  # by `make reader`
        if reader.is_dir():
            build_data["force_include"][str(reader)] = "static"
