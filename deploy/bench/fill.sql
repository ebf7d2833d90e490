-- A catalog as years of work leave it: :sources databases with :runs backups together, nightly, the newest
-- of this morning, two stores, the policy's retention followed. Runs as a superuser, once in an empty catalog.
SET session_replication_role = replica;
SET work_mem = '128MB';
BEGIN;

INSERT INTO stores (id, name, origin, kind, directory, prefix)
VALUES (gen_random_uuid(), 'second', 'CATALOG', 'DIRECTORY', :'second', '') ON CONFLICT DO NOTHING;

INSERT INTO targets (id, name, origin, redacted_url, sealed_url, production, in_place_allowed, four_eyes, kept_hours, command_seconds)
VALUES (gen_random_uuid(), 'rehearsal', 'CATALOG', 'postgresql://rehearsal.invalid/x', 'none', false, false, false, 72, 60)
ON CONFLICT DO NOTHING;

INSERT INTO sources (id, name, origin, redacted_url, sealed_url, known_since)
SELECT gen_random_uuid(),
       (ARRAY['orders', 'billing', 'stock', 'crm', 'ledger', 'media', 'search', 'auth'])[1 + n % 8] || '-'
           || (ARRAY['eu', 'us', 'ap', 'test'])[1 + n / 8 % 4] || '-' || lpad(n::text, 4, '0'),
       'CATALOG', 'postgresql://db' || n || '.invalid/app', 'none', now() - interval '2 years'
FROM generate_series(1, :sources) AS n;

INSERT INTO source_schedules (source_id, last_slot) SELECT id, clock_timestamp() FROM sources
ON CONFLICT (source_id) DO UPDATE SET last_slot = excluded.last_slot;

-- One in fifty databases has not been backed up since the day before yesterday; 3 % of the runs failed. Of what is rare
-- a small catalog has more, so that each of its pages shows as many rows as the large one's.
CREATE TEMP TABLE planned AS
SELECT gen_random_uuid() AS id, s.id AS source_id, d AS days, dice,
       dice < greatest(0.0003, 60.0 / :runs) AS suspect, dice < greatest(0.02, 80.0 / :runs) AS by_hand,
       dice > 0.995 - greatest(0.025, 40.0 / :runs) AND dice <= 0.995 AS failed,
       last_night - d * interval '1 day' + (s.i * 7919 % 10800) * interval '1 second' AS at,
       (20 + s.i * 104729 % 1500) * interval '1 second' * (0.9 + dice / 5) AS took,
       (1000000 + s.i::bigint * 15485863 % 50000000000) AS bytes
FROM (SELECT id, row_number() OVER (ORDER BY name) AS i FROM sources WHERE origin = 'CATALOG') s
CROSS JOIN generate_series(0, :runs / :sources - 1) AS d
CROSS JOIN LATERAL (SELECT abs(hashtext(s.id::text || d)) % 10000 / 10000.0 AS dice) r
CROSS JOIN (SELECT date_trunc('day', now() AT TIME ZONE 'UTC' - interval '6 hours') AT TIME ZONE 'UTC' + interval '2 hours' AS last_night) l
WHERE s.i % 50 > 0 OR d > 1;

INSERT INTO backup_runs (id, source_id, requested_by, format, row_proof, state, policy_version, queued_at, not_before,
                         started_at, finished_at, attempt, raw_bytes, stored_bytes, failure_code, failure_text, slot)
SELECT id, source_id, CASE WHEN by_hand THEN 'olga' ELSE 'schedule' END, 'CUSTOM', 'COUNTS',
       CASE WHEN dice > 0.995 THEN 'CANCELLED' WHEN failed THEN 'FAILED' ELSE 'COMPLETED' END,
       '1', at, at, at + interval '2 seconds', at + took, 1, (bytes * (1 - days * 0.001))::bigint,
       (bytes * (1 - days * 0.001) / 4)::bigint, CASE WHEN failed THEN 'SOURCE-UNREACHABLE' END,
       CASE WHEN failed THEN 'The source did not answer within 30 seconds.' END,
       CASE WHEN NOT by_hand THEN at END
FROM planned ORDER BY at;

INSERT INTO snapshots (id, source_id, rung, format, key_prefix, taken_at, raw_bytes, stored_bytes, server_major, manifest,
                       manifest_sha256, committed_at, verified_at, restored_at, table_count, row_count, expired_at, doubt, damaged)
SELECT r.id, r.source_id,
       CASE WHEN p.days > 30 AND (p.days % 7 > 0 OR p.days > 60) THEN 'EXPIRED' WHEN p.suspect THEN 'SUSPECT'
            WHEN p.days % 29 = 3 THEN 'RESTORED' WHEN p.dice < 0.005 THEN 'UPLOADED' ELSE 'VERIFIED' END,
       'CUSTOM', r.id::text, r.started_at, r.raw_bytes, r.stored_bytes, 15,
       '{"tables":[],"note":"' || repeat(md5(r.id::text), 12) || '"}', md5(r.id::text) || md5(r.id::text),
       r.finished_at, r.finished_at + interval '1 minute', CASE WHEN p.days % 29 = 3 THEN r.finished_at + interval '6 hours' END,
       40, 1000000 - p.days * 100, CASE WHEN p.days > 30 AND (p.days % 7 > 0 OR p.days > 60) THEN r.finished_at + interval '31 days' END,
       CASE WHEN p.suspect THEN 'The copy differs from its manifest.' END, p.suspect
FROM planned p JOIN backup_runs r ON r.id = p.id WHERE r.state = 'COMPLETED' ORDER BY r.queued_at;

INSERT INTO snapshot_copies (id, snapshot_id, store_id, state, verified_at, doomed_at, doomed_by, doomed_why, remove_after, removed_at)
SELECT gen_random_uuid(), s.id, st.id,
       CASE WHEN s.rung = 'EXPIRED' OR st.name = 'local' AND s.taken_at < now() - interval '8 days' THEN 'REMOVED' ELSE 'VERIFIED' END,
       s.verified_at, gone.at, CASE WHEN gone.at IS NOT NULL THEN 'retention' END, CASE WHEN gone.at IS NOT NULL THEN 'older than the rule' END,
       gone.at + interval '2 days', gone.at + interval '2 days'
FROM snapshots s JOIN stores st ON st.name IN ('local', 'second')
CROSS JOIN LATERAL (SELECT CASE WHEN s.rung = 'EXPIRED' OR st.name = 'local' AND s.taken_at < now() - interval '8 days'
                                THEN s.taken_at + interval '8 days' END AS at) gone;

INSERT INTO snapshot_recipients (snapshot_id, public_key)
SELECT s.id, r.public_key FROM snapshots s CROSS JOIN recipients r WHERE s.rung <> 'EXPIRED';

INSERT INTO backup_restores (snapshot_id, target_id, status, requested_by, queued_at, started_at, finished_at, plan_hash, manual)
SELECT p.id, t.id, CASE WHEN p.dice < 0.0005 THEN 'FAILED' ELSE 'COMPLETED' END, 'olga', s.restored_at - interval '20 minutes',
       s.restored_at - interval '19 minutes', s.restored_at, 'x', false
FROM planned p JOIN snapshots s ON s.id = p.id AND s.restored_at IS NOT NULL AND p.dice < 0.2 CROSS JOIN targets t WHERE t.name = 'rehearsal';

COMMIT;
SET session_replication_role = DEFAULT;
-- What triggers would have kept.
SELECT to_regprocedure('backup_history_rebuild()') IS NOT NULL AS rebuilds \gset
\if :rebuilds
SELECT backup_history_rebuild();
\endif
VACUUM ANALYZE;
