-- Alerts, what was sent of them, and the facts they are judged by that nobody wrote down before.

CREATE TABLE alerts (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    subject         text NOT NULL,
    severity        text NOT NULL CHECK (severity IN ('INFO', 'WARNING', 'CRITICAL')),
    text            text NOT NULL,
    opened_at       timestamptz NOT NULL,
    last_seen_at    timestamptz NOT NULL,
    resolved_at     timestamptz,
    acknowledged_by text,
    acknowledged_at timestamptz,
    comment         text,
    CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL))
);
-- Two servers, one alert.
CREATE UNIQUE INDEX alerts_one_open ON alerts (kind, subject) WHERE resolved_at IS NULL;
CREATE INDEX alerts_history ON alerts (resolved_at DESC, id DESC) WHERE resolved_at IS NOT NULL;

CREATE TABLE alert_deliveries (
    id          uuid PRIMARY KEY,
    alert_id    uuid NOT NULL REFERENCES alerts,
    channel     text NOT NULL,
    event       text NOT NULL CHECK (event IN ('OPENED', 'WORSE', 'ESCALATED', 'RESOLVED')),
    step        integer NOT NULL DEFAULT 0,
    contact     text NOT NULL DEFAULT '',
    state       text NOT NULL CHECK (state IN ('WAITING', 'SENT', 'GIVEN_UP')),
    attempt     integer NOT NULL DEFAULT 0,
    made_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_try_at timestamptz,
    sent_at     timestamptz,
    failure     text,
    UNIQUE (alert_id, channel, event, step),
    CHECK ((state = 'WAITING') = (next_try_at IS NOT NULL)),
    CHECK ((state = 'SENT') = (sent_at IS NOT NULL))
);
CREATE INDEX alert_deliveries_due ON alert_deliveries (next_try_at) WHERE state = 'WAITING';

-- One row, locked by whoever judges.
CREATE TABLE alert_watch (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    judged_at timestamptz NOT NULL
);
INSERT INTO alert_watch (judged_at) VALUES ('-infinity');

-- When each part of the work was last done by any server.
CREATE TABLE pulses (
    beat text PRIMARY KEY,
    at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO pulses (beat) VALUES ('SCHEDULER'), ('BACKUP_WORKER'), ('RESTORE_WORKER');

-- How each store answered when it was last looked at.
CREATE TABLE store_checks (
    store_id      uuid PRIMARY KEY REFERENCES stores,
    checked_at    timestamptz NOT NULL,
    failing_since timestamptz,
    failure       text,
    CHECK ((failing_since IS NULL) = (failure IS NULL))
);

-- From when on a backup of a source can be expected.
ALTER TABLE sources ADD COLUMN known_since timestamptz NOT NULL DEFAULT clock_timestamp();

-- What a dump held, beside its size: an emptied database shows here. Manifests are read once.
ALTER TABLE snapshots ADD COLUMN table_count integer;
ALTER TABLE snapshots ADD COLUMN row_count bigint;
CREATE FUNCTION snapshots_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT count(*), CASE WHEN count(*) = count(t ->> 'rows') THEN coalesce(sum((t ->> 'rows')::bigint), 0) END
    INTO NEW.table_count, NEW.row_count
    FROM jsonb_array_elements(coalesce(NEW.manifest::jsonb -> 'tables', '[]')) t;
    RETURN NEW;
EXCEPTION WHEN data_exception THEN
    RETURN NEW;
END $$;
CREATE TRIGGER snapshots_count BEFORE INSERT ON snapshots FOR EACH ROW EXECUTE FUNCTION snapshots_count();
UPDATE snapshots s SET table_count = c.tables, row_count = c.rows
FROM (SELECT x.id, count(t) AS tables,
             CASE WHEN count(t) = count(t ->> 'rows') THEN coalesce(sum((t ->> 'rows')::bigint), 0) END AS rows
      FROM snapshots x LEFT JOIN LATERAL jsonb_array_elements(coalesce(x.manifest::jsonb -> 'tables', '[]')) t ON true
      GROUP BY x.id) c
WHERE c.id = s.id;
CREATE INDEX snapshots_suspect ON snapshots (source_id, taken_at DESC) WHERE rung = 'SUSPECT';
CREATE INDEX snapshot_copies_amiss ON snapshot_copies (store_id) WHERE state IN ('FAILED', 'CORRUPT');
