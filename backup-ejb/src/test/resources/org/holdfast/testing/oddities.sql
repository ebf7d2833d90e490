-- What the demo's shop leaves out, so that the tests meet it: names that need care, empty and
-- childless parents, inheritance, sequences by hand, floats and bytes at their edges.
CREATE SCHEMA "O'Reilly ""x""";
COMMENT ON SCHEMA "O'Reilly ""x""" IS 'It''s a \ comment';

CREATE TABLE "O'Reilly ""x"""."Order Lines" (
    "a.b"      integer PRIMARY KEY,
    "per cent" double precision,
    single     real,
    raw        bytea,
    nothing    text,
    at         timestamptz,
    "interval" interval,
    kind       regclass
);
INSERT INTO "O'Reilly ""x"""."Order Lines" VALUES
    (1, 0.1::float8 + 0.2::float8, 'NaN', '\x00ff5c27', NULL, 'infinity', '1 mon -2 days 00:00:00.000001', 'pg_class'),
    (2, '-Infinity', 1e-30, '', '', '2024-02-29 23:59:60+05:30', '-1 year', NULL),
    (3, 1e308, 'Infinity', NULL, E'tab\tnewline\nreturn\rback\\slash', '0044-03-15 12:00:00+00 BC', '0', NULL);

CREATE SEQUENCE "O'Reilly ""x"""."never used" START 41 INCREMENT -3 MINVALUE -1000 MAXVALUE 41;
CREATE SEQUENCE "O'Reilly ""x"""."far on";
SELECT setval('"O''Reilly ""x"""."far on"'::regclass, 9007199254740993);

CREATE TABLE measurements (at timestamptz NOT NULL, value numeric) PARTITION BY RANGE (at);
CREATE TABLE animals (name text);
CREATE TABLE dogs (tail boolean) INHERITS (animals);
INSERT INTO animals VALUES ('cat');
INSERT INTO dogs VALUES ('rex', true), ('fifi', NULL);

-- A function body that holds what a careless reader of SQL text would trip over.
CREATE FUNCTION "say 'hi'"() RETURNS text LANGUAGE sql AS $f$
SELECT '-- PostgreSQL database dump complete'::text;
$f$;

SELECT lo_from_bytea(0, '');
SELECT lo_from_bytea(0, decode(repeat('00', 5000) || 'ff', 'hex'));
