-- The last look at what each store does for the safety of what it keeps.
CREATE TABLE store_looks (
    store_id  uuid PRIMARY KEY REFERENCES stores,
    looked_at timestamptz NOT NULL,
    looked_by text NOT NULL
);
CREATE TABLE store_findings (
    store_id uuid NOT NULL REFERENCES store_looks,
    seq      integer NOT NULL,
    guard    text NOT NULL,
    verdict  text NOT NULL CHECK (verdict IN ('FULFILLED', 'LACKING', 'UNSUPPORTED', 'NOT_ALLOWED', 'TOLD')),
    expected text NOT NULL,
    found    text NOT NULL,
    remedy   text NOT NULL,
    settable boolean NOT NULL,
    PRIMARY KEY (store_id, seq),
    CHECK (verdict = 'LACKING' OR NOT settable)
);
