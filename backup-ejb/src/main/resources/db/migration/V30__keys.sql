-- Who can open the backups: age recipients, and which snapshot was encrypted to which.

CREATE TABLE recipients (
    id               uuid PRIMARY KEY,
    name             text NOT NULL UNIQUE,
    purpose          text NOT NULL CHECK (purpose IN ('OPERATOR', 'ESCROW', 'DRILL')),
    public_key       text NOT NULL UNIQUE,
    origin           text NOT NULL CHECK (origin IN ('CONFIGURATION', 'CATALOG')),
    state            text NOT NULL CHECK (state IN ('ACTIVE', 'SUPERSEDED', 'RETIRED')),
    added_at         timestamptz NOT NULL,
    added_by         text NOT NULL,
    superseded_at    timestamptz,
    retired_at       timestamptz,
    proved_at        timestamptz,
    proved_by        text,
    challenge        text,
    challenge_sha256 text,
    challenge_until  timestamptz,
    CHECK ((challenge IS NULL) = (challenge_sha256 IS NULL)),
    CHECK ((challenge IS NULL) = (challenge_until IS NULL)),
    CHECK ((state = 'RETIRED') = (retired_at IS NOT NULL))
);

-- From each manifest; a public key that stands here need not be listed above (a backup of another
-- installation names keys of its own).
CREATE TABLE snapshot_recipients (
    snapshot_id uuid NOT NULL REFERENCES snapshots ON DELETE CASCADE,
    public_key  text NOT NULL,
    PRIMARY KEY (snapshot_id, public_key)
);
CREATE INDEX snapshot_recipients_of_key ON snapshot_recipients (public_key, snapshot_id);

INSERT INTO snapshot_recipients (snapshot_id, public_key)
SELECT DISTINCT s.id, r.public_key
FROM snapshots s CROSS JOIN LATERAL jsonb_array_elements_text(s.manifest::jsonb -> 'recipients') AS r (public_key);

-- The identity for a restore may be in one server's memory: that server does the restore. Once it
-- stops saying that it is there, any other takes the restore and ends it.
ALTER TABLE backup_restores ADD COLUMN identity_holder text;
ALTER TABLE backup_restores ADD COLUMN identity_until timestamptz;
ALTER TABLE backup_restores ADD CHECK ((identity_holder IS NULL) = (identity_until IS NULL));
