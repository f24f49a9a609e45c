-- One row per form, round and group of units: how many there are in the population, counted elsewhere. `grouped_by` names
-- variables of the form, or village, with spaces between; `category` has one word for each (data/known_totals.py).
CREATE TABLE known_total (
    instrument VARCHAR NOT NULL,
    form VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    grouped_by VARCHAR NOT NULL,
    category VARCHAR NOT NULL,
    total DOUBLE NOT NULL,
    source VARCHAR NOT NULL,
    counted_on DATE
);
