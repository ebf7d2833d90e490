-- Verification SQL of a drill: each statement is a check, run read-only against the restored database.
-- "-- expect:" says what its first value has to be: a text, a comparison (> 0), "rows" or "no rows".
-- Without it, columns say the rest: every ok true, or every actual equal to expected.
--
-- This example checks an application on Prisma with row security. Put in your own tables, and
-- give the text as verificationSql of the check plan.

-- Prisma migrations are there, and none is half done
-- expect: no rows
SELECT migration_name FROM "_prisma_migrations" WHERE finished_at IS NULL AND rolled_back_at IS NULL;

-- At least one migration was applied
-- expect: > 0
SELECT count(*) FROM "_prisma_migrations" WHERE finished_at IS NOT NULL;

-- Key tables hold rows
SELECT 'Organization' AS name, EXISTS (SELECT FROM "Organization") AS ok
UNION ALL SELECT 'Event', EXISTS (SELECT FROM "Event")
UNION ALL SELECT 'Workflow', EXISTS (SELECT FROM "Workflow")
UNION ALL SELECT 'User', EXISTS (SELECT FROM "User");

-- Row security is on
SELECT t.name, coalesce(c.relrowsecurity, false) AS ok
FROM (VALUES ('Organization'), ('Event'), ('Workflow'), ('WorkflowExecution'), ('WorkflowStep')) AS t (name)
LEFT JOIN pg_class c ON c.relname = t.name AND c.relkind IN ('r', 'p');

-- Each of these tables has a policy
SELECT t.name, EXISTS (SELECT FROM pg_policies p WHERE p.tablename = t.name) AS ok
FROM (VALUES ('Organization'), ('Event'), ('Workflow'), ('WorkflowExecution'), ('WorkflowStep')) AS t (name);

-- The join by organization runs, and no event is without one
-- expect: 0
SELECT count(*) FROM "Event" e LEFT JOIN "Organization" o ON o.id = e."organizationId" WHERE o.id IS NULL;
