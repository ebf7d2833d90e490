-- Runs that import a file of an import place instead of dumping their source.
CREATE TABLE imports (
    run_id        uuid PRIMARY KEY REFERENCES backup_runs,
    place         text NOT NULL,
    file          text NOT NULL,
    file_bytes    bigint NOT NULL CHECK (file_bytes >= 0),
    file_modified timestamptz NOT NULL
);
CREATE INDEX imports_of_file ON imports (place, file);
