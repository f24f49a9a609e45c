-- `origin` is the row in the batch's first file, as `_row` has it: in a mended file a row stands elsewhere.
ALTER TABLE finding ADD COLUMN origin BIGINT;
-- The number of the later file in which the row was read again: mended, or with findings of that file. NULL while it stands.
ALTER TABLE finding ADD COLUMN settled_by INTEGER;
UPDATE finding SET origin = "row" WHERE file = 1;
