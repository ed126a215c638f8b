"""The sample photos in the repository; tests/photos/SOURCES.md names their sources and licences."""

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parents[1] / "tests" / "photos"
FACE: Final = _FOLDER / "selfie.jpg"
LANDSCAPE: Final = _FOLDER / "no_face.jpg"
