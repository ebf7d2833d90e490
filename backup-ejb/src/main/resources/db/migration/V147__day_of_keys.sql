-- A text could say days that PostgreSQL does not know, such as one of the year 0, and broke whatever read it.
ALTER TABLE stores DROP CONSTRAINT stores_keys_end_on_check;
UPDATE stores SET keys_end_on = NULL WHERE keys_end_on < '2000-01-01';
ALTER TABLE stores ALTER COLUMN keys_end_on TYPE date USING CAST(keys_end_on AS date);
ALTER TABLE stores ADD CONSTRAINT stores_keys_end_on_check CHECK (keys_end_on BETWEEN '2000-01-01' AND '9999-12-31');
