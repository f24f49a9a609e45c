-- Sums are kept as blocks: what one scan gave, as one piece. Those kept before are scanned again when asked for; those that were
-- loaded from elsewhere are loaded again.
DROP TABLE totals.psu;
DROP TABLE totals.moment;
DROP TABLE totals.village;
DELETE FROM totals.stratum;
DELETE FROM totals.layout;
DELETE FROM totals.loaded;

-- One row per scan of a form and kind of sums (metrics/totals.py: psu, moment, squares): an Arrow stream of all its rows.
CREATE TABLE totals.block (
    id VARCHAR NOT NULL,
    content BLOB NOT NULL
);

-- One row per form, kind and round: the block that has its sums. What else is in the block, of rounds scanned anew since, is old.
CREATE TABLE totals.block_round (
    form VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    block VARCHAR NOT NULL
);
