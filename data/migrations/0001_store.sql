-- One row: how many writes have been committed.
CREATE TABLE store_state (data_version BIGINT NOT NULL);
INSERT INTO store_state VALUES (0);

-- One row per committed write (times in UTC): who did what, when. Append-only.
CREATE TABLE audit (
    id BIGINT PRIMARY KEY,
    done_at TIMESTAMP NOT NULL,
    viewer VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    details JSON NOT NULL
);

-- One table per form of an instrument, made when the instrument is added.
CREATE SCHEMA responses;
