"""A shard with a crowd of people in it, to be damaged, set aside and rescued."""

from dataclasses import dataclass
from pathlib import Path

from burnout.store.check_ins import Begin, GiveFeedback, Rate
from burnout.store.privacy import TABLES, SetDonating
from burnout.store.reports import AnswerWeek
from functions.store.database import shard_of, transaction_on
from functions.store.erasure import set_aside_of
from functions.store.files import set_aside
from functions.store.operations import fulfil, run
from infra import rescue
from tests.fakes import FakePhotos
from tests.unit.store.samples import HOUR, NOON, agree, record

SHARD = "79.sqlite"
PAGE = 16384
PEOPLE = [user_id for user_id in range(1, 30_000) if shard_of(user_id) == 0x79][:40]
ME = PEOPLE[0]
LATER = NOON + HOUR


def rows_of(path):
    """All rows of a database's people, by table."""

    def look(connection):
        return {table: set(connection.execute(f"SELECT * FROM {table}").fetchall()) for table in TABLES}

    return transaction_on(path, look)


@dataclass
class Bot:
    """The store on files and a bucket, an hour after the rows of the crowd."""

    root: Path
    objects: FakePhotos

    @property
    def live(self):
        return self.root / SHARD

    def __call__(self, operation, now_utc=LATER):
        return fulfil(self.root, self.objects, operation, now_utc, lambda error: None)

    def set_aside(self):
        """The shard as it is now, moved as the store moves a malformed one."""
        name = set_aside(self.live, self.live.stat().st_ino)
        assert name
        return self.root / name

    def rescue(self, at_utc=LATER):
        """What is printed of the databases that were set aside."""
        logged = [key for key in self.objects.kept if key.startswith("erasures/")]
        asides = set_aside_of(self.live)
        return "\n".join(line for aside in asides for line in rescue.rescue(aside, self.live, logged, at_utc))

    def pseudonym(self, user_id=ME):
        folder = self(Begin(user_id=user_id, update_id=0)).photo_folder
        return folder and folder.split("/")[1]

    def check_ins(self, user_id=ME):
        return {row[1] for row in rows_of(self.live)["check_ins"] if row[0] == user_id}


def fill(connection):
    for user_id in PEOPLE:
        run(connection, agree(user_id=user_id), NOON)
        run(connection, SetDonating(user_id=user_id, donating=True), NOON)
        for number in range(10):
            run(connection, record(user_id * 100 + number, user_id=user_id, message_id=number + 1), NOON)
        run(connection, GiveFeedback(user_id=user_id, message_id=1, agrees=True), NOON)
        run(connection, Rate(user_id=user_id, message_id=2, rating=3), NOON)
        run(connection, AnswerWeek(user_id=user_id, week="2026-W09", answer=2), NOON)


def overwritten(path, start, content):
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)
