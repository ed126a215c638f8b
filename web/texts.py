"""The pages' sentences as JSON for their builds, in each language: `python -m web.texts`."""

import json
import re
import tomllib
from pathlib import Path

import burnout.texts
from burnout.texts import LANGUAGES

CHAT = re.compile(r"page_(?!app_)\w+")
# The app's own, and what the bot calls the same things.
APP = re.compile(
    r"page_app_\w+|page_(retry|discard|closed|title|tabs|tab_\w+)|factor_(?!s)\w+|sleep_\d|rating_word_\d|course_(calm|raised|high)_first|"
    r"settings_button_(weekday|hour|zone|reminder|language)|settings_theme_(light|dark)|"
    r"settings_none|settings_noted_reminder_off|button_(energy|sleep)|day_(too_old|not_yet)|report_capped"
)


def main() -> None:
    """Writes src/texts.LANGUAGE.json and src/app/texts.LANGUAGE.json from burnout/texts/LANGUAGE."""
    for language in LANGUAGES:
        parts = sorted((Path(burnout.texts.__file__).parent / language).glob("*.toml"))
        sentences = [pair for part in parts for pair in tomllib.loads(part.read_text(encoding="utf-8")).items()]
        for folder, keys in (("src", CHAT), ("src/app", APP)):
            said = {key: sentence for key, sentence in sentences if keys.fullmatch(key)}
            target = Path(__file__).parent / folder / f"texts.{language}.json"
            target.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
