-- One row per other code of an area: of Statistics Indonesia (bps), or the area's own before it changed (former).
-- `alias` is as digits without dots.
CREATE TABLE area_alias (
    alias VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('bps', 'former')),
    code VARCHAR NOT NULL,           -- a Kemendagri code with dots
    source VARCHAR NOT NULL,
    PRIMARY KEY (alias, kind)
);
