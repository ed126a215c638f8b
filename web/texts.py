"""The page's sentences as JSON for its build, in each language: `python -m web.texts`."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

from burnout.texts import LANGUAGES


def main() -> None:
    """Writes src/texts.LANGUAGE.json from burnout/texts/LANGUAGE/page.toml."""
    for language in LANGUAGES:
        source = files("burnout.texts").joinpath(language, "page.toml").read_text(encoding="utf-8")
        target = Path(__file__).parent / "src" / f"texts.{language}.json"
        target.write_text(json.dumps(tomllib.loads(source), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
