-- Erasure, retention, photos given to the improvement of the model, alerts, and how many photos somebody sends.

-- The name of a person's folders in S3: two hex digits of the shard, 30 random ones. It says nothing about who it is,
-- no key has to be kept for it, and after an erasure nothing links it to anybody. NULL: not agreed to notice 2 yet.
ALTER TABLE people ADD COLUMN pseudonym TEXT
    CHECK (length(pseudonym) = 32 AND pseudonym NOT GLOB '*[^0-9a-f]*');
ALTER TABLE people ADD COLUMN unreachable_since_utc TEXT CHECK (unreachable_since_utc GLOB '????-??-??T??:??:??Z');
UPDATE people SET unreachable_since_utc = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE reachable = 0;

ALTER TABLE people ADD COLUMN donating_since_utc TEXT CHECK (donating_since_utc GLOB '????-??-??T??:??:??Z');
ALTER TABLE check_ins ADD COLUMN photo_key TEXT CHECK (photo_key GLOB 'donated/*');  -- NULL: deleted after analysis

ALTER TABLE people ADD COLUMN alerts_on INTEGER NOT NULL DEFAULT 0 CHECK (alerts_on IN (0, 1));
ALTER TABLE people ADD COLUMN next_alert_at_utc TEXT CHECK (next_alert_at_utc GLOB '????-??-??T??:??:??Z');
ALTER TABLE people ADD COLUMN alerted_at_utc TEXT CHECK (alerted_at_utc GLOB '????-??-??T??:??:??Z');
CREATE INDEX due_alerts ON people (next_alert_at_utc) WHERE next_alert_at_utc IS NOT NULL;

-- Each window begins with its first photo.
ALTER TABLE people ADD COLUMN hour_from_utc TEXT CHECK (hour_from_utc GLOB '????-??-??T??:??:??Z');
ALTER TABLE people ADD COLUMN hour_photos INTEGER NOT NULL DEFAULT 0 CHECK (hour_photos >= 0);
ALTER TABLE people ADD COLUMN day_from_utc TEXT CHECK (day_from_utc GLOB '????-??-??T??:??:??Z');
ALTER TABLE people ADD COLUMN day_photos INTEGER NOT NULL DEFAULT 0 CHECK (day_photos >= 0);
