-- One row per area with a boundary: a GeoJSON Polygon or MultiPolygon in degrees (longitude first), and its centre of area.
CREATE TABLE boundary (
    code VARCHAR PRIMARY KEY,
    geometry JSON NOT NULL,
    longitude_deg DOUBLE NOT NULL,
    latitude_deg DOUBLE NOT NULL,
    area_ha DOUBLE NOT NULL,
    source VARCHAR NOT NULL
);
