-- What results are computed from. `form` is the form's table in the schema `responses`; lists are in the order of
-- `totals.layout.indicators`, and hold for each kind of sum (see metrics/totals.py) one number per indicator.
CREATE SCHEMA totals;

-- One row per form: the indicators its sums are of; with other definitions than the fingerprint's they are stale.
CREATE TABLE totals.layout (
    form VARCHAR PRIMARY KEY,
    indicators VARCHAR[] NOT NULL,
    fingerprint VARCHAR NOT NULL
);

-- One row per form, round and stratum: its PSUs, with or without answers.
CREATE TABLE totals.stratum (
    form VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    psus BIGINT NOT NULL,
    psu_population DOUBLE,               -- NULL where not known
    psus_are_inside BOOLEAN NOT NULL     -- each PSU lies inside one village
);

-- One row per form, round, village ('' where not known), stratum and PSU: y, x, n. Only forms whose rows are not PSUs themselves.
CREATE TABLE totals.psu (
    form VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    village VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    psu VARCHAR NOT NULL,
    sums DOUBLE[] NOT NULL
);

-- One row per form, round, village and stratum: the moments of its PSUs: y, x, yy, xy, xx, psus.
CREATE TABLE totals.moment (
    form VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    village VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    sums DOUBLE[] NOT NULL
);

-- One row per form, round and village: sums over rows: n, asked, wyy, wxy, wxx, w.
CREATE TABLE totals.village (
    form VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    village VARCHAR NOT NULL,
    sums DOUBLE[] NOT NULL
);
