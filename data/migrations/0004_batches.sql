-- One row per accepted upload of a file (times in UTC). Nothing is deleted: a withdrawn batch keeps its rows.
CREATE TABLE batch (
    id BIGINT PRIMARY KEY,
    instrument VARCHAR NOT NULL,
    instrument_version VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    dialect VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('accepted', 'withdrawn')),
    personal_data_dropped JSON NOT NULL
);

-- One row per file of a batch: the first, then mended rejects that completed it.
CREATE TABLE batch_file (
    batch BIGINT NOT NULL,
    number INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL,
    format VARCHAR NOT NULL,
    imported_at TIMESTAMP NOT NULL,
    imported_by VARCHAR NOT NULL,
    PRIMARY KEY (batch, number)
);

-- One row per batch and form. Rows read = accepted + rejected + left out.
CREATE TABLE batch_form (
    batch BIGINT NOT NULL,
    form VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_accepted BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    left_out JSON NOT NULL,
    mapping JSON NOT NULL,
    unmapped JSON NOT NULL,
    PRIMARY KEY (batch, form)
);

-- One row per finding of a batch's file. `value` is what the cell held, without personal data.
CREATE TABLE finding (
    batch BIGINT NOT NULL,
    file INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    form VARCHAR,
    sheet VARCHAR,
    "row" BIGINT,
    "column" VARCHAR,
    cell VARCHAR,
    value VARCHAR,
    variable VARCHAR,
    params JSON NOT NULL
);

-- One row per change of a batch: who did what to it, when.
CREATE TABLE batch_event (
    batch BIGINT NOT NULL,
    happened_at TIMESTAMP NOT NULL,
    viewer VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    details JSON NOT NULL
);

-- One row per instrument and set of headers: the last mapping that was used.
CREATE TABLE saved_mapping (
    instrument VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    mapping JSON NOT NULL,
    saved_at TIMESTAMP NOT NULL,
    saved_by VARCHAR NOT NULL,
    PRIMARY KEY (instrument, fingerprint)
);
