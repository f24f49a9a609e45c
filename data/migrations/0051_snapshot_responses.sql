-- One row per snapshot, indicator, round and scope (the partnership's members, or its comparison villages) that has a figure:
-- which contributions of responses it rests on, so that a later snapshot does not tell of a few by subtraction. Never published.
CREATE TABLE snapshot_response (
    identity VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,              -- partnership | comparison
    digests BLOB NOT NULL,               -- 8 bytes for each different contribution
    times BLOB NOT NULL,                 -- 4 bytes: how many responses contribute it
    PRIMARY KEY (identity, indicator, round, scope)
);
