-- What one of the 256 databases holds: version 1. Until the first deployment this file is changed in place; from then
-- on a change is a file of its own, migrations/0002_….sql and so on, and what saw n files has user_version n.
-- Times are TEXT, ISO 8601, UTC, whole seconds: they sort as they read.
-- No foreign keys: SQLite enforces them only after a PRAGMA outside the transaction, and BEGIN IMMEDIATE comes first.
-- Tables that a check-in writes come first: their first pages lie side by side, and are written in one piece.

-- The mark of this lineage, "burn" in ASCII: files of before it have a user_version as well, and other tables.
PRAGMA application_id = 0x6275726e;

-- next_…_at_utc is NULL when nothing is to come: switched off, or the bot cannot reach the person.
CREATE TABLE people (
    user_id               INTEGER PRIMARY KEY,
    chat_id               INTEGER NOT NULL,
    -- The name of the person's folders in S3: two hex digits of the shard, 30 random ones. It says nothing about who it
    -- is, no key has to be kept for it, and after an erasure nothing links it to anybody.
    pseudonym             TEXT    NOT NULL CHECK (length(pseudonym) = 32 AND pseudonym NOT GLOB '*[^0-9a-f]*'),
    language              TEXT    NOT NULL CHECK (language GLOB '[a-z][a-z]'),
    consent_version       INTEGER NOT NULL,
    consented_at_utc      TEXT    NOT NULL CHECK (consented_at_utc GLOB '????-??-??T??:??:??Z'),
    reachable             INTEGER NOT NULL DEFAULT 1 CHECK (reachable IN (0, 1)),
    unreachable_since_utc TEXT    CHECK (unreachable_since_utc GLOB '????-??-??T??:??:??Z'),
    time_zone             TEXT    CHECK (length(time_zone) <= 40),  -- an IANA name; NULL: never chosen
    theme                 TEXT    NOT NULL DEFAULT 'light' CHECK (theme IN ('light', 'dark')),
    reports_on            INTEGER NOT NULL DEFAULT 1 CHECK (reports_on IN (0, 1)),
    report_weekday        INTEGER NOT NULL DEFAULT 6 CHECK (report_weekday BETWEEN 0 AND 6),
    report_hour           INTEGER NOT NULL DEFAULT 18 CHECK (report_hour BETWEEN 0 AND 23),
    next_report_at_utc    TEXT    CHECK (next_report_at_utc GLOB '????-??-??T??:??:??Z'),
    reminder_hour         INTEGER CHECK (reminder_hour BETWEEN 0 AND 23),  -- NULL: no reminders
    quiet_from            INTEGER NOT NULL DEFAULT 21 CHECK (quiet_from BETWEEN 0 AND 23),
    quiet_to              INTEGER NOT NULL DEFAULT 9 CHECK (quiet_to BETWEEN 0 AND 23),
    next_reminder_at_utc  TEXT    CHECK (next_reminder_at_utc GLOB '????-??-??T??:??:??Z'),
    reminded_at_utc       TEXT    CHECK (reminded_at_utc GLOB '????-??-??T??:??:??Z'),
    reminders_unanswered  INTEGER NOT NULL DEFAULT 0 CHECK (reminders_unanswered >= 0),
    alerts_on             INTEGER NOT NULL DEFAULT 0 CHECK (alerts_on IN (0, 1)),
    hidden_factors        TEXT    NOT NULL DEFAULT '',  -- words of burnout.store.days.Factor that are not offered
    low_ratings           INTEGER NOT NULL DEFAULT 0 CHECK (low_ratings >= 0),  -- of 1 or 2: each reads another sentence
    next_alert_at_utc     TEXT    CHECK (next_alert_at_utc GLOB '????-??-??T??:??:??Z'),
    alerted_at_utc        TEXT    CHECK (alerted_at_utc GLOB '????-??-??T??:??:??Z'),
    -- Telegram failed for this chat: until then nothing is due, and afterwards the others come first.
    send_after_utc        TEXT    CHECK (send_after_utc GLOB '????-??-??T??:??:??Z'),
    send_failures         INTEGER NOT NULL DEFAULT 0 CHECK (send_failures >= 0),  -- in a row, until a report ends or a day has passed
    donating_since_utc    TEXT    CHECK (donating_since_utc GLOB '????-??-??T??:??:??Z'),
    -- How many photos came in the last hour and day; each window begins with its first photo.
    hour_from_utc         TEXT    CHECK (hour_from_utc GLOB '????-??-??T??:??:??Z'),
    hour_photos           INTEGER NOT NULL DEFAULT 0 CHECK (hour_photos >= 0),
    day_from_utc          TEXT    CHECK (day_from_utc GLOB '????-??-??T??:??:??Z'),
    day_photos            INTEGER NOT NULL DEFAULT 0 CHECK (day_photos >= 0),
    -- Photos near a limit that are not recorded yet: update or album -> since when, and what was decided about it.
    under_way_json        TEXT    NOT NULL DEFAULT '{}'
) STRICT;

-- WITHOUT ROWID: a person's check-ins lie side by side, so a history is one short range read and needs no index.
CREATE TABLE check_ins (
    user_id         INTEGER NOT NULL,
    message_id      INTEGER NOT NULL,
    update_id       INTEGER NOT NULL,
    observed_at_utc TEXT    NOT NULL CHECK (observed_at_utc GLOB '????-??-??T??:??:??Z'),
    recorded_at_utc TEXT    NOT NULL CHECK (recorded_at_utc GLOB '????-??-??T??:??:??Z'),
    shown_model     TEXT    NOT NULL,
    negative        REAL    NOT NULL CHECK (negative BETWEEN 0 AND 1),           -- of the shown model
    label           TEXT    NOT NULL CHECK (label IN ('negative', 'positive')),  -- of the shown model
    models_json     TEXT    NOT NULL,                                            -- the prediction of each model that ran
    versions_json   TEXT    NOT NULL,                                            -- model name -> sha256
    sharpness       REAL    NOT NULL CHECK (sharpness >= 0),
    brightness      REAL    NOT NULL CHECK (brightness BETWEEN 0 AND 1),
    view            TEXT    NOT NULL DEFAULT 'whole' CHECK (view IN ('whole', 'covered', 'profile')),  -- of the face
    rating_first    INTEGER NOT NULL DEFAULT 0 CHECK (rating_first IN (0, 1)),   -- the answer is hidden until then
    revealed_at_utc TEXT    CHECK (revealed_at_utc GLOB '????-??-??T??:??:??Z'),
    photo_key       TEXT    CHECK (photo_key GLOB 'donated/*'),                  -- NULL: deleted after analysis
    PRIMARY KEY (user_id, message_id)
) STRICT, WITHOUT ROWID;

-- A rowid table: an answer is about 1 KB, and WITHOUT ROWID would spill rows of that size to overflow pages.
CREATE TABLE seen_updates (
    update_id       INTEGER PRIMARY KEY,
    user_id         INTEGER NOT NULL,
    message_id      INTEGER NOT NULL,
    media_group_id  TEXT,
    outcome         TEXT    NOT NULL CHECK (outcome IN ('answered', 'refused', 'dead_letter')),
    answer_json     TEXT    NOT NULL,
    recorded_at_utc TEXT    NOT NULL CHECK (recorded_at_utc GLOB '????-??-??T??:??:??Z')
) STRICT;

-- A row with dead = 1 is a dead letter. stage and error_type are NULL when it became one without a counted failure.
CREATE TABLE failures (
    user_id             INTEGER NOT NULL,
    update_id           INTEGER NOT NULL,
    attempts            INTEGER NOT NULL CHECK (attempts >= 0),
    first_failed_at_utc TEXT    NOT NULL CHECK (first_failed_at_utc GLOB '????-??-??T??:??:??Z'),
    last_failed_at_utc  TEXT    NOT NULL CHECK (last_failed_at_utc GLOB '????-??-??T??:??:??Z'),
    stage               TEXT,
    error_type          TEXT,
    dead                INTEGER NOT NULL DEFAULT 0 CHECK (dead IN (0, 1)),
    PRIMARY KEY (user_id, update_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE feedback (
    user_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    agrees     INTEGER NOT NULL CHECK (agrees IN (0, 1)),
    corrected  TEXT    CHECK (corrected IS NULL OR agrees = 0),
    at_utc     TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (user_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE self_ratings (
    user_id      INTEGER NOT NULL,
    message_id   INTEGER NOT NULL,
    rating       INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),  -- the last one
    blind_rating INTEGER CHECK (blind_rating BETWEEN 1 AND 5),     -- given while the answer was hidden; never changes
    at_utc       TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (user_id, message_id)
) STRICT, WITHOUT ROWID;

-- A check-in without a photo: how somebody was at a moment. The moment is the key, because two within some minutes are
-- one; so a person's newest is the last of their range. Which press chose last stands in choices.
CREATE TABLE moods (
    user_id         INTEGER NOT NULL,
    observed_at_utc TEXT    NOT NULL CHECK (observed_at_utc GLOB '????-??-??T??:??:??Z'),
    recorded_at_utc TEXT    NOT NULL CHECK (recorded_at_utc GLOB '????-??-??T??:??:??Z'),
    rating          INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    PRIMARY KEY (user_id, observed_at_utc)
) STRICT, WITHOUT ROWID;

-- What somebody said of a day of their own calendar. A day of which nothing is said any more has no row.
CREATE TABLE days (
    user_id INTEGER NOT NULL,
    day     TEXT    NOT NULL CHECK (day GLOB '????-??-??'),
    rating  INTEGER CHECK (rating BETWEEN 1 AND 5),  -- of the day as a whole, when it is said on a later one
    energy  INTEGER CHECK (energy BETWEEN 1 AND 5),  -- 1 exhausted, 5 rested
    sleep   INTEGER CHECK (sleep BETWEEN 1 AND 3),   -- of the night before: 1 bad, 2 so-so, 3 good
    factors TEXT    NOT NULL DEFAULT '',             -- words of burnout.store.days.Factor, in its order
    late    TEXT    NOT NULL DEFAULT '',             -- which of the four were said on a later day: memory colours them
    at_utc  TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (user_id, day)
) STRICT, WITHOUT ROWID;

-- The Copenhagen Burnout Inventory's personal scale, whole or not at all: half of it says nothing (burnout.store.inventories).
CREATE TABLE inventories (
    user_id INTEGER NOT NULL,
    day     TEXT    NOT NULL CHECK (day GLOB '????-??-??'),  -- of the person's own calendar
    answers TEXT    NOT NULL CHECK (answers GLOB '[0-4][0-4][0-4][0-4][0-4][0-4]'),  -- in the order of the questions
    at_utc  TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (user_id, day)
) STRICT, WITHOUT ROWID;

-- A check-in with what the person said of it. `hidden`: the answer is not on the screen yet, since the rating that is
-- asked for first must be a blind one; it counts in the index all the same. `read`: it was not called wrong, or it was
-- corrected. `counted`: the model's P(negative), or 0.9 or 0.1 by what the person said it was (decision 0017); NULL after
-- a 👎 alone, and where the face was not seen whole, since the models know only whole ones.
CREATE VIEW rated_check_ins AS
SELECT
    user_id, message_id, observed_at_utc, shown_model, models_json, view, agrees, corrected, rating, hidden,
    agrees IS NOT 0 OR corrected IS NOT NULL AS read,
    CASE
        WHEN view <> 'whole' THEN NULL
        WHEN corrected IN ('angry', 'disgust', 'fear', 'sad') THEN 0.9
        WHEN corrected IS NOT NULL THEN 0.1
        WHEN agrees IS NOT 0 THEN negative
    END AS counted
FROM (SELECT *, rating_first AND revealed_at_utc IS NULL AS hidden FROM check_ins)
LEFT JOIN feedback USING (user_id, message_id) LEFT JOIN self_ratings USING (user_id, message_id);

CREATE TABLE weekly_answers (
    user_id INTEGER NOT NULL,
    week    TEXT    NOT NULL CHECK (week GLOB '????-W??'),
    answer  INTEGER NOT NULL CHECK (answer BETWEEN 1 AND 5),
    at_utc  TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (user_id, week)
) STRICT, WITHOUT ROWID;

-- Which update chose last, by subject, for 48 hours: one that comes late or twice overrules nothing newer. page_at_utc:
-- the Mini App's page has chosen since, so that this update, if there was one, overrules nothing either.
CREATE TABLE choices (
    user_id     INTEGER NOT NULL,
    subject     TEXT    NOT NULL,  -- "consent", "language", a setting's name, "rating:<message_id>" …
    update_id   INTEGER,
    at_utc      TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z'),
    page_at_utc TEXT    CHECK (page_at_utc GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (user_id, subject)
) STRICT, WITHOUT ROWID;

-- The newest erasure that somebody of this shard asked for, for 48 hours, and nothing of whom: one row at most.
CREATE TABLE newest_erasure (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    update_id INTEGER NOT NULL,
    at_utc    TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z')
) STRICT;

-- A weekly one's key is its ISO week: claimed → sending → a final state. A requested one's key is the number of the
-- update that asked for it, and it is there from sending on.
CREATE TABLE reports (
    user_id           INTEGER NOT NULL,
    kind              TEXT    NOT NULL CHECK (kind IN ('weekly', 'requested')),
    key               TEXT    NOT NULL CHECK (
        iif(kind = 'weekly', key GLOB '????-W??', key GLOB '[0-9]*' AND key NOT GLOB '*[^0-9]*')
    ),
    state             TEXT    NOT NULL CHECK (
        state IN ('claimed', 'sending', 'sent', 'skipped', 'noted', 'unreachable', 'failed')
    ),
    run_id            TEXT,              -- NULL: nobody holds it
    claimed_until_utc TEXT    CHECK (claimed_until_utc GLOB '????-??-??T??:??:??Z'),  -- NULL: the claim is over
    unfinished        INTEGER NOT NULL DEFAULT 0 CHECK (unfinished IN (0, 1)),  -- taken over; may have been sent
    index_value       REAL    CHECK (index_value BETWEEN 0 AND 100),
    band              TEXT    CHECK (band IN ('calm', 'raised', 'high')),
    at_utc            TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z'),   -- of the state
    PRIMARY KEY (user_id, kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    name      TEXT NOT NULL PRIMARY KEY,
    run_id    TEXT NOT NULL,
    until_utc TEXT NOT NULL CHECK (until_utc GLOB '????-??-??T??:??:??Z')
) STRICT, WITHOUT ROWID;

-- A run asks every shard for what is due; partial, so that nobody without reports, reminders or alerts costs a page.
CREATE INDEX due_reports ON people (next_report_at_utc) WHERE next_report_at_utc IS NOT NULL;
CREATE INDEX due_reminders ON people (next_reminder_at_utc) WHERE next_reminder_at_utc IS NOT NULL;
CREATE INDEX due_alerts ON people (next_alert_at_utc) WHERE next_alert_at_utc IS NOT NULL;

-- Every photo of an album asks whether a sibling was answered; a scan would read 48 h of a shard's answers, and EFS
-- meters every page. It is partial, so only album photos pay for it: one more page per write.
CREATE INDEX seen_albums ON seen_updates (media_group_id, user_id) WHERE media_group_id IS NOT NULL;
