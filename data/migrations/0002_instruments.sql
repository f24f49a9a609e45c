-- One row per version of an instrument: the workbook as it was given. The latest added is the current one.
CREATE TABLE instrument (
    sha256 VARCHAR PRIMARY KEY,
    id VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    content BLOB NOT NULL,
    added_at TIMESTAMP NOT NULL
);
