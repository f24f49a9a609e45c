-- One row per form and round whose sums were scanned elsewhere and loaded: rebuilding leaves them alone.
CREATE TABLE totals.loaded (
    form VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    engine VARCHAR NOT NULL,
    responses VARCHAR NOT NULL,          -- where they were scanned from
    loaded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (form, round)
);
