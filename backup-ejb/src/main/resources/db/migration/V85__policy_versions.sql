-- Every policy that ever was in force, whole. The one with the highest number is in force.
CREATE TABLE policy_versions (
    number      integer PRIMARY KEY CHECK (number > 0),
    document    text NOT NULL,
    sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    origin      text NOT NULL CHECK (origin IN ('FILE', 'PAGE', 'API')),
    place       text NOT NULL,
    made_by     text NOT NULL,
    approved_by text NOT NULL,
    made_at     timestamptz NOT NULL,
    comment     text NOT NULL CHECK (btrim(comment) <> '')
);
CREATE INDEX policy_versions_of_file ON policy_versions (number) WHERE origin = 'FILE';
CREATE INDEX policy_versions_by_hash ON policy_versions (sha256, number);

CREATE FUNCTION policy_versions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy versions are kept as they are: % refused', TG_OP;
END $$;
CREATE TRIGGER policy_versions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_versions
    FOR EACH STATEMENT EXECUTE FUNCTION policy_versions_stay();

-- The files that servers follow, as each was last seen. What a file was is needed to tell whether
-- it has changed.
CREATE TABLE policy_files (
    server   text NOT NULL,
    path     text NOT NULL,
    sha256   text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    problems text NOT NULL DEFAULT '',
    seen_at  timestamptz NOT NULL,
    PRIMARY KEY (server, path)
);

-- Backups have recorded the policy in force since the first version; restores do from now on.
ALTER TABLE backup_restores ADD COLUMN policy_version text;
