"""How many photos of a person count, and whether one more is looked at: Begin decides, and Record looks again.

A photo counts once it is recorded, in an hour and a day that begin with their first photo. Near a limit it takes a
place as soon as it begins, so that of many photos at once no more are looked at than the limit allows. Far from a
limit, where nearly everybody is, Begin writes nothing; a photo that Record finds over the limit is not kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Final

import msgspec

from burnout.store.check_ins import Begin, Limit, PhotoTerms, Record
from functions.store.rows import json_text, one, text

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
NEAR: Final = 5  # photos left below a limit; people usually send one to three a day
UNDER_WAY_FOR: Final = timedelta(minutes=10)  # then an update is given up


class Place(msgspec.Struct, frozen=True):
    """A photo, or an album, that has begun and is not recorded yet."""

    since_utc: str
    limit: Limit | None  # as decided when it began: a repetition is told the same


@dataclass(frozen=True)
class _Count:
    """What counts now: a window that is over has no photos, and a place that is too old is left out."""

    hour_from_utc: str
    hour_photos: int
    day_from_utc: str
    day_photos: int
    places: dict[str, Place]  # by album, or update: of an album one photo is recorded

    def limit(self, terms: PhotoTerms) -> Limit | None:
        """The limit that one more photo meets."""
        over_hour = self.hour_photos + len(self.places) - terms.per_hour
        over_day = self.day_photos + len(self.places) - terms.per_day
        if max(over_hour, over_day) > 0:
            return "silent"
        if over_day == 0:
            return "day"
        return "hour" if over_hour == 0 else None

    def is_near(self, terms: PhotoTerms) -> bool:
        """Whether few photos are left below a limit."""
        return min(terms.per_hour - self.hour_photos, terms.per_day - self.day_photos) - len(self.places) < NEAR


def begin_photo(connection: Connection, operation: Begin, terms: PhotoTerms, now_utc: datetime) -> Limit | None:
    """The limit that a known person's photo meets. Near a limit it takes a place, unless it gets no answer."""
    count = _count(connection, operation.user_id, now_utc)
    key = _place_of(operation)
    if key in count.places:
        return count.places[key].limit
    limit = count.limit(terms)
    if limit != "silent" and count.is_near(terms):
        place = Place(text(now_utc), limit)
        _keep_places(connection, operation.user_id, count.places | {key: place})
    return limit


def leave_place(connection: Connection, operation: Begin, now_utc: datetime) -> None:
    """Frees the photo's place: its update ends without a record."""
    count = _count(connection, operation.user_id, now_utc)
    if count.places.pop(_place_of(operation), None):
        _keep_places(connection, operation.user_id, count.places)


def may_be_recorded(connection: Connection, operation: Record, now_utc: datetime) -> bool:
    """Whether the photo still has its place below the limits; if it took none, whether it finds one now."""
    if operation.photo is None:
        return True
    count = _count(connection, operation.user_id, now_utc)
    place = count.places.get(_place_of(operation))
    if place is None:
        return count.limit(operation.photo) is None
    return place.limit is None or operation.check_in is None


def count_photo(connection: Connection, operation: Record, now_utc: datetime) -> None:
    """Counts the photo, also a refused one, in the open windows, and frees its place."""
    count = _count(connection, operation.user_id, now_utc)
    count.places.pop(_place_of(operation), None)
    connection.execute(
        "UPDATE people SET hour_from_utc = ?, hour_photos = ?, day_from_utc = ?, day_photos = ?, under_way_json = ?"
        " WHERE user_id = ?",
        (
            *(count.hour_from_utc, count.hour_photos + 1, count.day_from_utc, count.day_photos + 1),
            *(json_text(count.places), operation.user_id),
        ),
    )


def _place_of(operation: Begin | Record) -> str:
    return operation.media_group_id or str(operation.update_id)


def _keep_places(connection: Connection, user_id: int, places: dict[str, Place]) -> None:
    connection.execute("UPDATE people SET under_way_json = ? WHERE user_id = ?", (json_text(places), user_id))


def _count(connection: Connection, user_id: int, now_utc: datetime) -> _Count:
    hour_from, hour_photos, day_from, day_photos, under_way = one(
        connection,
        "SELECT hour_from_utc, hour_photos, day_from_utc, day_photos, under_way_json FROM people WHERE user_id = ?",
        (user_id,),
    ) or (None, 0, None, 0, "{}")
    places = msgspec.json.decode(under_way, type=dict[str, Place])
    return _Count(
        *_window(hour_from, hour_photos, HOUR, now_utc),
        *_window(day_from, day_photos, DAY, now_utc),
        {update: place for update, place in places.items() if text(now_utc - UNDER_WAY_FOR) < place.since_utc},
    )


def _window(since: str | None, photos: int, length: timedelta, now_utc: datetime) -> tuple[str, int]:
    """When a window began and its photos; one without any that begins now when that one is over."""
    if since is None or since <= text(now_utc - length):
        return text(now_utc), 0
    return since, photos
