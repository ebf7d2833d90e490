-- When a certificate was last said to be checked tells whether it is: the answer need not stand beside it.
UPDATE expiries SET verified_at = read_at, verified_by = seen_by WHERE verified AND verified_at IS NULL;
ALTER TABLE expiries DROP COLUMN verified;
