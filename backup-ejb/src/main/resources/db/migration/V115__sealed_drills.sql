-- When a drill's record was sealed last, so that those that wait for it are found without reading
-- every drill and its records.
ALTER TABLE drills ADD COLUMN sealed_at timestamptz;
UPDATE drills d SET sealed_at = (SELECT max(r.made_at) FROM drill_records r WHERE r.drill_id = d.id);
CREATE INDEX drills_unsealed ON drills (finished_at DESC)
    WHERE verdict IS NOT NULL AND (sealed_at IS NULL OR destroyed_at > sealed_at);
