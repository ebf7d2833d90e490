-- When a certificate began tells how early its end is to be told; from when on a store's keys are no good, as people said.
ALTER TABLE expiries ADD COLUMN begins_at timestamptz;
ALTER TABLE stores ADD COLUMN keys_end_on text CHECK (keys_end_on ~ '^\d{4}-\d{2}-\d{2}$');
