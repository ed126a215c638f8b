-- Settings, weekly reports, reminders, the weekly question, and ratings that are asked for before the answer is shown.

-- next_…_at_utc is NULL when nothing is to come: switched off, or the bot cannot reach the person.
ALTER TABLE people ADD COLUMN time_zone TEXT CHECK (length(time_zone) <= 40);  -- an IANA name; NULL: never chosen
ALTER TABLE people ADD COLUMN reports_on INTEGER NOT NULL DEFAULT 1 CHECK (reports_on IN (0, 1));
ALTER TABLE people ADD COLUMN report_weekday INTEGER NOT NULL DEFAULT 6 CHECK (report_weekday BETWEEN 0 AND 6);
ALTER TABLE people ADD COLUMN report_hour INTEGER NOT NULL DEFAULT 18 CHECK (report_hour BETWEEN 0 AND 23);
ALTER TABLE people ADD COLUMN next_report_at_utc TEXT CHECK (next_report_at_utc GLOB '????-??-??T??:??:??Z');
ALTER TABLE people ADD COLUMN reminder_hour INTEGER CHECK (reminder_hour BETWEEN 0 AND 23);  -- NULL: no reminders
ALTER TABLE people ADD COLUMN quiet_from INTEGER NOT NULL DEFAULT 21 CHECK (quiet_from BETWEEN 0 AND 23);
ALTER TABLE people ADD COLUMN quiet_to INTEGER NOT NULL DEFAULT 9 CHECK (quiet_to BETWEEN 0 AND 23);
ALTER TABLE people ADD COLUMN next_reminder_at_utc TEXT CHECK (next_reminder_at_utc GLOB '????-??-??T??:??:??Z');
ALTER TABLE people ADD COLUMN reminded_at_utc TEXT CHECK (reminded_at_utc GLOB '????-??-??T??:??:??Z');
ALTER TABLE people ADD COLUMN reminders_unanswered INTEGER NOT NULL DEFAULT 0 CHECK (reminders_unanswered >= 0);
ALTER TABLE people ADD COLUMN theme TEXT NOT NULL DEFAULT 'light' CHECK (theme IN ('light', 'dark'));

-- Who was there before gets the first report on a coming Sunday, 18:00 in the default zone of their language: never
-- today, when it may be night already. From then on burnout.schedule says when.
UPDATE people SET next_report_at_utc = strftime('%Y-%m-%dT', 'now', '+1 day', 'weekday 0')
    || CASE language WHEN 'ru' THEN '15' ELSE '18' END || ':00:00Z'
WHERE reachable = 1;

-- A run asks every shard for what is due; partial, so that nobody without reports or reminders costs a page.
CREATE INDEX due_reports ON people (next_report_at_utc) WHERE next_report_at_utc IS NOT NULL;
CREATE INDEX due_reminders ON people (next_reminder_at_utc) WHERE next_reminder_at_utc IS NOT NULL;

ALTER TABLE check_ins ADD COLUMN rating_first INTEGER NOT NULL DEFAULT 0 CHECK (rating_first IN (0, 1));
ALTER TABLE check_ins ADD COLUMN revealed_at_utc TEXT CHECK (revealed_at_utc GLOB '????-??-??T??:??:??Z');

-- The rating given while the model's answer was hidden. It never changes; `rating` is the last one.
ALTER TABLE self_ratings ADD COLUMN blind_rating INTEGER CHECK (blind_rating BETWEEN 1 AND 5);

CREATE TABLE weekly_answers (
    user_id INTEGER NOT NULL,
    week    TEXT    NOT NULL CHECK (week GLOB '????-W??'),
    answer  INTEGER NOT NULL CHECK (answer BETWEEN 1 AND 5),
    at_utc  TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (user_id, week)
) STRICT, WITHOUT ROWID;

-- Weekly reports, and the ones that an update asked for. claimed → sending → a final state.
CREATE TABLE reports (
    user_id           INTEGER NOT NULL,
    key               TEXT    NOT NULL CHECK (key GLOB '????-W??' OR key GLOB 'update-*'),
    state             TEXT    NOT NULL CHECK (
        state IN ('claimed', 'sending', 'sent', 'skipped', 'noted', 'unreachable', 'failed')
    ),
    run_id            TEXT,              -- NULL: nobody holds it
    claimed_until_utc TEXT    CHECK (claimed_until_utc GLOB '????-??-??T??:??:??Z'),  -- NULL: the claim is over
    unfinished        INTEGER NOT NULL DEFAULT 0 CHECK (unfinished IN (0, 1)),  -- taken over from a run that may have sent
    index_value       REAL    CHECK (index_value BETWEEN 0 AND 100),
    band              TEXT    CHECK (band IN ('calm', 'raised', 'high')),
    at_utc            TEXT    NOT NULL CHECK (at_utc GLOB '????-??-??T??:??:??Z'),   -- of the state
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    name      TEXT NOT NULL PRIMARY KEY,
    run_id    TEXT NOT NULL,
    until_utc TEXT NOT NULL CHECK (until_utc GLOB '????-??-??T??:??:??Z')
) STRICT, WITHOUT ROWID;
