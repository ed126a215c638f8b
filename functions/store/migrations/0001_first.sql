-- What one of the 256 databases holds. Times are TEXT, ISO 8601, UTC, whole seconds: they sort as they read.
-- No foreign keys: SQLite enforces them only after a PRAGMA outside the transaction, and BEGIN IMMEDIATE comes first.

CREATE TABLE people (
    user_id          INTEGER PRIMARY KEY,
    chat_id          INTEGER NOT NULL,
    language         TEXT    NOT NULL CHECK (language GLOB '[a-z][a-z]'),
    consent_version  INTEGER NOT NULL,
    consented_at_utc TEXT    NOT NULL CHECK (consented_at_utc GLOB '????-??-??T??:??:??Z'),
    reachable        INTEGER NOT NULL DEFAULT 1 CHECK (reachable IN (0, 1))
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
    models_json     TEXT    NOT NULL,                                            -- every model's prediction
    versions_json   TEXT    NOT NULL,                                            -- model name -> sha256
    sharpness       REAL    NOT NULL CHECK (sharpness >= 0),
    brightness      REAL    NOT NULL CHECK (brightness BETWEEN 0 AND 1),
    PRIMARY KEY (user_id, message_id)
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
    user_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    rating     INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    at_utc     TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z'),
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

-- The only index. Every photo of an album asks whether a sibling was answered; a scan would read 48 h of a shard's
-- answers, and EFS meters every page. It is partial, so only album photos pay for it: one more page per write.
CREATE INDEX seen_albums ON seen_updates (media_group_id, user_id) WHERE media_group_id IS NOT NULL;

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
