-- Dropping what a restore left is put off with each try, so that a server that does not answer holds up nothing else;
-- the target's server is known again by its system identifier, whatever the target's URL is by then.
ALTER TABLE backup_restores ADD COLUMN drop_try_at timestamptz;
ALTER TABLE backup_restores ADD COLUMN kept_problem text;
ALTER TABLE backup_restores ADD COLUMN target_system text;
-- By which token an undo was asked for, and whether it may have begun: from then on it is not withdrawn any more.
ALTER TABLE backup_restores ADD COLUMN undo_requested_by_token uuid REFERENCES api_tokens;
ALTER TABLE backup_restores ADD COLUMN undo_begun boolean NOT NULL DEFAULT false;
UPDATE backup_restores SET undo_begun = true WHERE undo_requested_by IS NOT NULL;
