-- One row per item of the attention list that somebody took note of (times in UTC). An item whose evidence changes has another key.
CREATE TABLE acknowledgement (
    item VARCHAR NOT NULL,
    acknowledged_at TIMESTAMP NOT NULL,
    viewer VARCHAR NOT NULL,
    note VARCHAR NOT NULL
);

-- One row per message (times in UTC). Nothing is edited or deleted: a mistake is corrected by another message.
CREATE TABLE forum_message (
    id BIGINT PRIMARY KEY,
    partnership VARCHAR NOT NULL,
    indicator VARCHAR,                   -- NULL: about the partnership as a whole
    kind VARCHAR NOT NULL,               -- message, decision
    text VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    viewer VARCHAR NOT NULL
);

-- One row per follow-up: what an office is to do by when.
CREATE TABLE follow_up (
    id BIGINT PRIMARY KEY,
    partnership VARCHAR NOT NULL,
    indicator VARCHAR,
    message BIGINT,                      -- the message it follows from
    task VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,              -- a role or an office, never a person
    due_on DATE NOT NULL,
    state VARCHAR NOT NULL,              -- open, done, dropped
    note VARCHAR,
    changed_at TIMESTAMP NOT NULL,
    viewer VARCHAR NOT NULL
);

-- One row per document of a partnership. The file lies in the store's directory `documents`, named by its SHA-256.
CREATE TABLE document (
    partnership VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,               -- agreement, decree, minutes, report, other
    size_bytes BIGINT NOT NULL,
    added_at TIMESTAMP NOT NULL,
    viewer VARCHAR NOT NULL,
    PRIMARY KEY (partnership, sha256)
);
