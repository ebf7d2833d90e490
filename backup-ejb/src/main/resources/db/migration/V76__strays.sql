-- When each store was last looked through, and what was found in it that belongs to no backup.
CREATE TABLE store_sweeps (
    store_id    uuid PRIMARY KEY REFERENCES stores,
    swept_at    timestamptz,
    failure     text,
    lease_owner text,
    lease_until timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE strays (
    store_id  uuid NOT NULL REFERENCES stores,
    kind      text NOT NULL CHECK (kind IN ('OBJECTS', 'UPLOAD')),
    place     text NOT NULL,
    whose     text NOT NULL CHECK (whose IN ('LEFT', 'WHOLE', 'UNKNOWN')),
    objects   bigint NOT NULL,
    bytes     bigint NOT NULL,
    newest_at timestamptz NOT NULL,
    found_at  timestamptz NOT NULL,
    seen_at   timestamptz NOT NULL,
    PRIMARY KEY (store_id, kind, place)
);
