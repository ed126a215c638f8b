"""`python -m local pictures`: the README's pictures anew, in docs/pictures/.

Two show what the report function sent in `local/six_weeks.py`; a third is docs/pictures/conversation.html as Chromium
shows it, where there is one; the fourth is the page of `python -m selfhost chat` as `make browser` left it.
"""

import argparse
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

from local.six_weeks import lived

_ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = _ROOT / "docs" / "pictures"
_OWN_BOT: Final = _ROOT / "build" / "browser" / "own-bot.png"  # tests/browser/test_own_bot.py
_HEIGHT_PX: Final = 405  # of a chart, half of what the bot sends
_PAGE_SCALE: Final = 1.2  # pixels a point of the printed page
_COLOURS: Final = 256
_CHROMIUM_S: Final = 60.0
_HEADLESS: Final = (
    "--headless", "--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=2", "--window-size=400,580",
)  # fmt: skip


def add_parser(commands: Any) -> None:
    """Adds `pictures` to the subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser("pictures", help="draw the README's pictures anew")
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help="(default: %(default)s)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Writes the pictures, and says so; 0."""
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, picture in {**drawn(), **_conversation(), **_chat()}.items():
        picture.quantize(_COLOURS).save(arguments.out / name, optimize=True)
        print(arguments.out / name)
    return 0


def drawn() -> dict[str, Image.Image]:
    """By file name: the early riser's chart of the week that rises, the others' last ones; the steady one's page."""
    early, recovering, steady = lived()
    charts = [early.reports()[0], recovering.reports()[-1], steady.reports()[-1]]
    page = pypdfium2.PdfDocument(steady.sent[-1].files["document"])[0].render(scale=_PAGE_SCALE).to_pil()
    return {"weeks.png": _beside([each.files["photo"] for each in charts]), "page.png": page}


def _beside(charts: list[bytes]) -> Image.Image:
    opened = [Image.open(BytesIO(chart)).convert("RGB") for chart in charts]
    small = [
        each.resize((each.width * _HEIGHT_PX // each.height, _HEIGHT_PX), Image.Resampling.LANCZOS) for each in opened
    ]
    whole = Image.new("RGB", (sum(each.width for each in small), _HEIGHT_PX), "white")
    left = 0
    for each in small:
        whole.paste(each, (left, 0))
        left += each.width
    return whole


def _conversation() -> dict[str, Image.Image]:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("conversation.png stays as it is: there is no Chromium")
        return {}
    with TemporaryDirectory() as folder:
        shot = Path(folder) / "conversation.png"
        page = (FOLDER / "conversation.html").as_uri()
        command = [chromium, *_HEADLESS, f"--screenshot={shot}", page]
        subprocess.run(command, check=True, capture_output=True, timeout=_CHROMIUM_S)  # noqa: S603  (ours)
        return {shot.name: Image.open(BytesIO(shot.read_bytes())).convert("RGB")}


def _chat() -> dict[str, Image.Image]:
    if not _OWN_BOT.exists():
        print("chat.png stays as it is: `make browser` takes the picture that it is made of")
        return {}
    with Image.open(_OWN_BOT) as shot:
        return {"chat.png": shot.convert("RGB").resize((shot.width // 2, shot.height // 2), Image.Resampling.LANCZOS)}
