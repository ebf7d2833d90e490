-- A certificate may be looked for and not be read: what was read before holds on, but nobody saw what became of it.
-- And whether a connection fails once it has ended: many databases are reached without anybody checking.
ALTER TABLE expiries ADD COLUMN read_at timestamptz NOT NULL DEFAULT clock_timestamp();
UPDATE expiries SET read_at = seen_at;
ALTER TABLE expiries ADD COLUMN verified boolean NOT NULL DEFAULT true;
-- Which server looked: the settings of another one may lead to other hosts.
ALTER TABLE expiries ADD COLUMN seen_by text;
