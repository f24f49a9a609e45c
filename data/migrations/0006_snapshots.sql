-- One row per published snapshot (times in UTC). `identity` is the SHA-256 of `document`, the canonical JSON that never changes;
-- `token` is the secret part of its address. Withdrawn or expired, it is kept but no longer shown at its address.
CREATE TABLE snapshot (
    identity VARCHAR PRIMARY KEY,
    token VARCHAR NOT NULL,
    partnership VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    made_at TIMESTAMP NOT NULL,
    made_by VARCHAR NOT NULL,
    expires_on DATE,
    withdrawn_at TIMESTAMP,
    document BLOB NOT NULL
);
