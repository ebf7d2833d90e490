-- How new copies in a store are locked, and until when each copy is, as the store showed it.
ALTER TABLE stores
    ADD COLUMN lock_mode text NOT NULL DEFAULT 'GOVERNANCE' CHECK (lock_mode IN ('OFF', 'GOVERNANCE', 'COMPLIANCE'));
ALTER TABLE snapshot_copies
    ADD COLUMN locked_until timestamptz,
    ADD COLUMN lock_mode    text CHECK (lock_mode IN ('GOVERNANCE', 'COMPLIANCE')),
    ADD COLUMN lock_failure text,
    ADD COLUMN lock_try_at  timestamptz,
    ADD CONSTRAINT snapshot_copies_lock CHECK ((locked_until IS NULL) = (lock_mode IS NULL));
CREATE INDEX snapshot_copies_to_lock ON snapshot_copies (lock_try_at) WHERE lock_try_at IS NOT NULL;
