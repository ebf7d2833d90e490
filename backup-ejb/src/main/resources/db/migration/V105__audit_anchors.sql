-- Signed heads of the audit chain in the stores. The id tells this catalog's heads from those of
-- another one that used the same stores.
CREATE TABLE audit_anchoring (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    catalog     uuid NOT NULL DEFAULT gen_random_uuid(),
    anchored_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO audit_anchoring DEFAULT VALUES;

-- What was last seen in each store; the truth is in the store, this is for people to read.
CREATE TABLE audit_anchors (
    store_id  uuid PRIMARY KEY REFERENCES stores,
    key       text,
    entries   bigint NOT NULL DEFAULT 0,
    hash      text,
    at        timestamptz,
    looked_at timestamptz,
    failure   text,
    mismatch  text
);

CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_action ON audit_log (action);
