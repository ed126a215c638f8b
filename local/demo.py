"""`python -m local demo`: a scripted conversation through the whole local stack, printed as a transcript, then six
simulated weeks of three people, and a week of five with different habits, whose reports and charts land beside it.

The unmodified functions said every line of it. The script checks what it sees, so it fails when the bot does.
"""

import argparse
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from burnout.clock import now_utc
from burnout.schedule import next_report
from burnout.texts import text
from local.aws.moto_server import BUCKET
from local.aws.runtime import REGION
from local.five import show_week
from local.photo import FACE, LANDSCAPE
from local.scenes import ANSWER_S, Chats, SceneError, require
from local.six_weeks import show_six_weeks
from local.stack import Options, Stack
from local.telegram.chats import NoAnswerError
from local.telegram.delivery import NoReply, Outcome, Reply, Update
from local.weeks import WeeksError, check_in_daily, tick


class Demo(Chats):
    """The conversation, and its transcript so far."""

    def __init__(self, stack: Stack, say: Callable[[str], None], folder: Path) -> None:
        super().__init__(stack, say)
        self.folder = folder
        self.anna = stack.telegram.person(first_name="Anna", language_code="en")
        self.olga = stack.telegram.person(first_name="Ольга", language_code="ru")
        self.ben = stack.telegram.person(first_name="Ben", language_code="en")

    def play(self) -> None:
        """All scenes. Raises: SceneError or NoAnswerError where the bot does not do what the scene says."""
        for scene in (
            self.first_contact,
            self.selfie,
            self.other_photos,
            self.history,
            self.settings,
            self.lost_response,
            self.s3_fails,
            self.russian,
            self.whole_day,
            self.no_photo_at_all,
            self.forged,
            self.sunday,
            self.farewell,
        ):
            self.say(f"\n── {(scene.__doc__ or '').rstrip('.')} ──")
            scene()
        require(not self.stack.telegram.violations, f"calls against the Bot API: {self.stack.telegram.violations}")

    def first_contact(self) -> None:
        """Consent comes first."""
        self.writes(self.anna, "/start", "Nothing is kept before you agree")
        self.sends_photo(self.anna, FACE, "Your photo was not opened")
        self.presses(self.anna, "✅ I am 18+ and I agree", "Three short questions")
        self.is_answered(self.anna)
        self.writes(self.anna, "/timezone London", "Noted, your time zone: London")

    def selfie(self) -> None:
        """A selfie, a correction, a rating."""
        self.sends_selfie(self.anna)
        self.presses(self.anna, "👎", "What does the face show instead?")
        self.presses(self.anna, "calm", "You called the expression calm")
        self.rates(self.anna, 4, "You said: 4 of 5")

    def other_photos(self) -> None:
        """Photos without a face, files that are no photos, an album."""
        self.sends_photo(self.anna, LANDSCAPE, "I found no face in this picture")
        self.tells(self.anna, "sends a text file called selfie.jpg")
        self.anna.send_document(b"no picture at all", "selfie.jpg", "image/jpeg")
        self.hears(self.anna, "no picture that I can read")
        self.tells(self.anna, "sends a sticker")
        self.anna.send_sticker()
        self.hears(self.anna, "I cannot read this")
        self.tells(self.anna, "sends an album of two photos")
        for _ in range(2):
            self.anna.send_photo(FACE.read_bytes(), media_group_id="album")
        self.hears(self.anna, "From an album I read the first photo")
        self.hears_nothing(self.anna)

    def history(self) -> None:
        """The history, also as a chart; the last check-in is deleted."""
        self.writes(self.anna, "/history", "3 check-ins on 1 day")
        self.presses(self.anna, "30 days", "Last 30 days")
        self.writes(self.anna, "/undo", "Delete your last entry")
        self.presses(self.anna, "🗑 Delete", "The entry is deleted")
        self.writes(self.anna, "/report", "1 day of 5")

    def settings(self) -> None:
        """The settings, two taps each."""
        self.writes(self.anna, "/timezone Germany", "Is Berlin your time?")
        self.presses(self.anna, "✅ Yes, that is my time", "Berlin")
        self.presses(self.anna, "Reminder", "remind")
        self.presses(self.anna, "19:00", "19:00")

    def lost_response(self) -> None:
        """The network loses the bot's response; Telegram brings the update again, and one answer arrives."""
        attempts: list[Outcome] = []

        def lossy(update: Update) -> Outcome:
            outcome = self.stack.gateway.post(update)
            if "message" in update:
                attempts.append(outcome)
            return NoReply("connection lost") if attempts == [outcome] else outcome

        self.stack.telegram.deliver_with(lossy)
        self.sends_selfie(self.anna)
        self.hears_nothing(self.anna)
        self.back_to_http()
        first, second = (attempt for attempt in attempts if isinstance(attempt, Reply))
        require(first.body == second.body, "the repeated update must get the stored answer")
        self.say(f"   ({len(attempts)} deliveries, the same answer both times, one prediction, one message)")

    def s3_fails(self) -> None:
        """S3 is down for a while; nothing is lost."""
        s3 = self.stack.aws.s3
        s3.delete_bucket(Bucket=BUCKET)
        self.tells(self.anna, f"sends {FACE.name}")
        self.anna.send_photo(FACE.read_bytes())
        self.until(lambda: "503" in str(self.stack.telegram.webhook_info().get("last_error_message", "")))
        self.say("   (the webhook answers 503 with Retry-After: 5, and Telegram keeps the photo)")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.say("   (S3 is back, and the clock goes on by 6 s)")
        self.stack.telegram.advance(6)
        self.is_answered(self.anna)

    def russian(self) -> None:
        """По-русски."""
        self.writes(self.olga, "/start", "До согласия ничего не хранится")
        self.presses(self.olga, "✅ Мне есть 18, согласие даю", "Спасибо")
        self.sends_selfie(self.olga)
        self.rates(self.olga, 5, "Ваша оценка: 5 из 5")
        self.writes(self.olga, "/history", "1 отметка за 1 день")
        self.writes(self.olga, "/timezone Казань", "Москва")
        self.writes(self.olga, "/language", "На каком языке")
        self.presses(self.olga, "English", "Settings")
        self.presses(self.olga, "Language", "Which language")
        self.presses(self.olga, "Русский", "Настройки")

    def whole_day(self) -> None:
        """The first minute; then two taps for a mood, four for a whole day."""
        self.writes(self.ben, "/start", "Nothing is kept before you agree")
        self.presses(self.ben, "✅ I am 18+ and I agree", "1 of 3")
        berlin = next(each.label for each in self.ben.chat.last_message().buttons if "Berlin" in each.label)
        self.presses(self.ben, berlin, "2 of 3")
        self.presses(self.ben, "No reminder", "3 of 3")
        self.presses(self.ben, self.ben.chat.last_message().buttons[-1].label, "")
        self.writes(self.ben, "/mood", "How are you right now?")
        self.presses(self.ben, "2", "And your energy?")
        self.presses(self.ben, "1", "How was last night’s sleep?")
        self.presses(self.ben, "bad", "What was in the day?")
        self.presses(self.ben, "overtime", "What was in the day?")
        self.presses(self.ben, "✅ Done", "That is all for this day")

    def no_photo_at_all(self) -> None:
        """A typed number, an earlier day, words that nobody reads."""
        self.writes(self.ben, "3", "you said 3 of 5")
        self.writes(self.ben, "/day", "Which day?")
        yesterday = self.ben.chat.last_message().buttons[1].label
        self.presses(self.ben, yesterday, "Yesterday")
        self.presses(self.ben, "4", "Yesterday: how much energy?")
        self.writes(self.ben, "I cannot go on", "/support")
        self.writes(self.ben, "/support", "")

    def forged(self) -> None:
        """Somebody forges a button to judge Anna's photo."""
        message = self.anna.chat.last_message()
        theirs = message.data_of("👎")
        self.tells(self.olga, f"sends the callback data {theirs} that only Anna's message has")
        notice = self.olga.press(self.olga.chat.last_message(), theirs).wait_for_notice(ANSWER_S)
        require(notice == text("old_button", "ru"), notice)
        self.say(f"   (notice: {notice})")
        self.hears(self.olga, "Как вы прямо сейчас?")

    def sunday(self) -> None:
        """Sunday comes; with it the report and the question of the week."""
        due_utc = next_report(6, 18, ZoneInfo("Europe/Berlin"), now_utc().replace(microsecond=0))
        check_in_daily(self.stack, self.anna.id, lambda _: 0.3, due_utc - timedelta(days=9), due_utc)
        tick(self.stack, due_utc)
        report = self.hears(self.anna, "Strain index")
        (self.folder / "report.jpg").write_bytes(self.stack.telegram.content(str(report.file_id)))
        self.hears(self.anna, "how would you rate your level of burnout")
        self.presses(self.anna, "2", "")
        self.hears(self.olga, "Для отчёта пока рано")

    def farewell(self) -> None:
        """Olga reads what is kept, exports everything, and deletes it; nothing of hers stays."""
        self.writes(self.olga, "/privacy", "Что я храню о вас")
        self.writes(self.olga, "/export", "Собираю всё")
        copy = self.hears(self.olga, "Здесь всё, что я о вас храню")
        (self.folder / "export.zip").write_bytes(self.stack.telegram.content(str(copy.raw["document"]["file_id"])))
        self.writes(self.olga, "/delete", "Удалить всё?")
        self.presses(self.olga, "🗑 Удалить всё", "Всё удалено")
        self.writes(self.olga, "/export", "О вас у меня ничего нет")
        self.sends_photo(self.olga, FACE, "Фото не открыто")

    def back_to_http(self) -> None:
        """Telegram posts to the gateway over HTTP again."""
        self.stack.telegram.set_webhook(self.stack.gateway.url, self.stack.bot.webhook_secret)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`demo` joins the commands."""
    parser = commands.add_parser("demo", help="a scripted conversation, printed as a transcript")
    parser.add_argument("--out", type=Path, default=Path("build/demo"), help="folder (default: %(default)s)")
    parser.set_defaults(run=lambda arguments: run_demo(arguments.out))


def run_demo(folder: Path) -> int:
    """Plays the demo and leaves `transcript.txt` in the folder; the exit code."""
    lines: list[str] = []
    shutil.rmtree(folder, ignore_errors=True)  # people of an earlier demo have agreed already
    folder.mkdir(parents=True)

    def say(line: str) -> None:
        lines.append(line)
        print(line, flush=True)

    started_s = time.perf_counter()
    try:
        with Stack(Options(data_dir=folder / "data")) as stack:
            say(f"(the whole stack is up after {time.perf_counter() - started_s:.1f} s, on this machine only)")
            Demo(stack, say, folder).play()
        for show in (show_six_weeks, show_week):
            say(f"\n{show(folder)}")
    except (SceneError, WeeksError, NoAnswerError) as error:
        say(f"\nThe demo failed: {error}")
        return 1
    finally:
        (folder / "transcript.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"\nIn {folder}: transcript.txt; six_weeks.md and week_of_five.txt, .md, with the charts and pages of each.")
    return 0
