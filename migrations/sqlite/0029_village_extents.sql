-- A visit may be placed by the ground of a village. As in 0010, on the text of 0023: what follows moves the schema cookie.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, 'assigned_by = ''name'' OR', 'assigned_by = ''name'' OR assigned_by = ''extent'' OR')
WHERE type = 'table' AND name = 'private_visit';
PRAGMA writable_schema = RESET;

-- The ground of a village, where somebody drew it.

-- GeoPackage multipolygon, WGS 84; empty when nobody did.
ALTER TABLE village_register ADD COLUMN extent BLOB;
-- How it was come by: what a commune declares is more than a guess from points.
ALTER TABLE village_register ADD COLUMN extent_by TEXT
  CONSTRAINT village_extent_was_drawn_somehow CHECK (extent_by IN ('declared', 'footprints', 'voronoi'));
-- The file that it came from: another than that of the village.
ALTER TABLE village_register ADD COLUMN extent_source TEXT CONSTRAINT village_extent_has_a_source
  CHECK ((extent IS NULL) = (extent_by IS NULL) AND (extent IS NULL) = (extent_source IS NULL));

-- The layers say how it was come by.
ALTER TABLE villages ADD COLUMN extent_by TEXT;
ALTER TABLE priority ADD COLUMN extent_by TEXT;
