-- One row per corrected answer (times in UTC): who changed which cell from what to what, and why. Append-only; a file is never edited.
CREATE TABLE correction (
    id BIGINT PRIMARY KEY,
    batch BIGINT NOT NULL,
    form VARCHAR NOT NULL,
    "row" BIGINT NOT NULL,
    variable VARCHAR NOT NULL,
    old VARCHAR,
    new VARCHAR,
    why VARCHAR NOT NULL,
    made_at TIMESTAMP NOT NULL,
    made_by VARCHAR NOT NULL
);
