-- When a snapshot was entered from a store's manifest and not by its own run. For some days no rule removes it: the
-- policy of a catalog that was rebuilt may not be the one that it was made under.
ALTER TABLE snapshots ADD COLUMN recovered_at timestamptz;
