-- Administrative units, every edition, and how one edition became the next.

CREATE TABLE admin_units (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom MULTIPOLYGON,
  -- Five digits for a commune, two for a province. Reused by later units: a key only together with the day.
  code TEXT NOT NULL CONSTRAINT unit_code_has_2_or_5_digits CHECK (length(code) IN (2, 5)),
  -- Without the kind, as lists sort it.
  name TEXT NOT NULL CONSTRAINT unit_has_a_name CHECK (name <> ''),
  -- With the kind, as law and maps write it.
  full_name TEXT NOT NULL,
  kind TEXT NOT NULL CONSTRAINT unit_has_a_kind
    CHECK (kind IN ('province', 'commune', 'ward', 'special_zone', 'township')),
  -- The district before July 2025, because names repeat between districts.
  district TEXT,
  -- First day in force.
  valid_from DATE NOT NULL,
  -- First day no longer in force; empty while in force.
  valid_to DATE,
  -- What the authority says, to hold against the drawn area.
  stated_area_km2 DOUBLE CONSTRAINT unit_area_is_positive CHECK (stated_area_km2 > 0),
  -- In the words of the file.
  source TEXT NOT NULL,
  -- The boundary is ours, not the authority's.
  approximate BOOLEAN NOT NULL CONSTRAINT unit_is_approximate_or_not CHECK (approximate IN (0, 1)),
  -- The import that said so last.
  import_id INTEGER NOT NULL CONSTRAINT unit_has_an_import REFERENCES imports (id),
  CONSTRAINT unit_has_one_row_an_edition UNIQUE (code, valid_from),
  CONSTRAINT unit_ends_after_it_begins CHECK (valid_to > valid_from)
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('admin_units', 'features', 'admin_units', 'Administrative units, every edition', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('admin_units', 'geom', 'MULTIPOLYGON', 4326, 0, 0);

-- Spatial index as in the GeoPackage standard, annex F.3, word for word, so that other programs keep it in step.
INSERT INTO gpkg_extensions
VALUES ('admin_units', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_admin_units_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_admin_units_geom_insert AFTER INSERT ON admin_units
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_admin_units_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_admin_units_geom_update2 AFTER UPDATE OF geom ON admin_units
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_admin_units_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_admin_units_geom_update4 AFTER UPDATE ON admin_units
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_admin_units_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_admin_units_geom_update5 AFTER UPDATE ON admin_units
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_admin_units_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_admin_units_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_admin_units_geom_update6 AFTER UPDATE OF geom ON admin_units
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_admin_units_geom
  SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)
  WHERE id = NEW.fid;
END;
CREATE TRIGGER rtree_admin_units_geom_update7 AFTER UPDATE OF geom ON admin_units
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom IS NULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_admin_units_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_admin_units_geom_delete AFTER DELETE ON admin_units
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_admin_units_geom WHERE id = OLD.fid;
END;

CREATE TABLE unit_change (
  -- The unit that ends.
  from_code TEXT NOT NULL,
  -- Its name at that time: the code alone does not tell which unit it was.
  from_name TEXT NOT NULL,
  -- The unit that begins.
  to_code TEXT NOT NULL,
  to_name TEXT NOT NULL,
  -- Resolutions say "a part" and give no figure.
  share TEXT NOT NULL CONSTRAINT change_takes_the_whole_or_a_part CHECK (share IN ('whole', 'part')),
  -- First day of the new unit.
  effective DATE NOT NULL,
  -- Resolution or decree, so that a reader can check.
  legal_basis TEXT,
  import_id INTEGER NOT NULL CONSTRAINT change_has_an_import REFERENCES imports (id),
  CONSTRAINT change_has_one_row_a_day PRIMARY KEY (effective, from_code, to_code)
) WITHOUT ROWID;
