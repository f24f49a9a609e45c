-- One row per administrative area, past or present, by its Kemendagri code: PP, PP.KK, PP.KK.CC or PP.KK.CC.DDDD.
-- `valid_to` is the last day the code was in force, NULL while it is.
CREATE TABLE area (
    code VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    level VARCHAR NOT NULL,          -- province, regency, subdistrict, village
    parent VARCHAR,
    valid_from DATE,
    valid_to DATE,
    source VARCHAR NOT NULL
);

-- The register: each table is a sheet of the register workbook (data/register/sheets.py), and grows no faster than people write.

-- One row per wave of data collection.
CREATE TABLE round (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,           -- baseline, midline, endline, routine
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL
);

-- One row per partnership: an agreement of villages with each other or with third parties.
CREATE TABLE partnership (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    parties VARCHAR,
    field VARCHAR,
    subfield VARCHAR,
    legal_scope VARCHAR,             -- ids with a space between
    scope VARCHAR,
    purpose VARCHAR,
    stage VARCHAR,
    state VARCHAR,
    body VARCHAR,
    body_decree VARCHAR,
    agreement_kind VARCHAR,
    agreement_number VARCHAR,
    agreement_on DATE,
    starts_on DATE,
    ends_on DATE,
    financing VARCHAR,
    dispute_clause VARCHAR,
    rights_duties VARCHAR,
    in_rpjm BOOLEAN,
    in_rkp BOOLEAN,
    assembly_on DATE,
    review_on DATE,
    report_every_months BIGINT,
    last_report_on DATE,
    is_example BOOLEAN,
    note VARCHAR
);

-- One row per partnership, village and day of joining (NULL: from the start): a village may leave and join again.
CREATE TABLE partnership_village (
    partnership VARCHAR NOT NULL,
    village VARCHAR NOT NULL,
    role VARCHAR NOT NULL,           -- lead, member, comparison
    joined_on DATE,
    left_on DATE,
    meeting_on DATE,
    note VARCHAR
);

-- One row per partnership and third party: an office, never a person.
CREATE TABLE third_party (
    partnership VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    contribution VARCHAR,
    office_contact VARCHAR
);

-- One row per partnership and stage that was reached.
CREATE TABLE partnership_stage (
    partnership VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    done_on DATE NOT NULL,
    note VARCHAR
);

-- One row per partnership, year and source of money.
CREATE TABLE budget (
    partnership VARCHAR NOT NULL,
    year BIGINT NOT NULL,
    money_source VARCHAR NOT NULL,
    planned_rp DOUBLE,
    realised_rp DOUBLE,
    note VARCHAR
);

-- One row per partnership, indicator and due date; the last due date is the target, earlier ones are milestones.
-- Values are in `unit`: 'percent' for shares, else the indicator's own unit.
CREATE TABLE target (
    partnership VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    comparison VARCHAR NOT NULL,
    value DOUBLE,
    upper_value DOUBLE,
    unit VARCHAR NOT NULL,
    due_on DATE NOT NULL,
    baseline_value DOUBLE,
    baseline_on DATE,
    basis VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    note VARCHAR
);

-- One row per regency and round.
CREATE TABLE poverty_line (
    regency VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    rp_per_person_month DOUBLE NOT NULL,
    source VARCHAR NOT NULL
);

-- One row per regency and round; only the ratio of two rounds of one regency has a meaning.
CREATE TABLE price_index (
    regency VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    index_value DOUBLE NOT NULL,
    source VARCHAR NOT NULL
);

-- One row per indicator and first day after its definition or source changed: values before and after do not compare.
CREATE TABLE series_break (
    indicator VARCHAR NOT NULL,
    broken_on DATE NOT NULL,
    reason VARCHAR NOT NULL,
    source VARCHAR
);

-- One row per setting that differs from its default (data/register/settings.py).
CREATE TABLE setting (
    name VARCHAR NOT NULL,
    value DOUBLE NOT NULL
);

-- One row per record that was added, changed or removed (times in UTC). Append-only.
CREATE TABLE register_history (
    id BIGINT PRIMARY KEY,
    changed_at TIMESTAMP NOT NULL,
    viewer VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    record VARCHAR NOT NULL,         -- the key's values, joined by ' / '
    before JSON,                     -- NULL when added
    after JSON                       -- NULL when removed
);
