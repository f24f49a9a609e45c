-- What was decided about a batch's columns when its first file was read, so that mended rows are read the same way.
ALTER TABLE batch ADD COLUMN decisions JSON;
