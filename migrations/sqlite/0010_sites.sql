-- Imports may be of sites. SQLite changes a CHECK in its own text only (sqlite.org/lang_altertable.html, section 8, the
-- procedure for changes that leave the rows alone); the statements below move the schema cookie, so that others look again.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''visits'', ''samples''', '''visits'', ''samples'', ''sites''')
WHERE type = 'table' AND name = 'imports';
PRAGMA writable_schema = RESET;

-- Where masts and cells stand. A layer as it is: nothing in it is private, and nothing is made from other tables.
CREATE TABLE sites (
  -- Natural key (`Site::key`): the same cell in two lists is one site.
  fid INTEGER PRIMARY KEY NOT NULL,
  geom POINT NOT NULL,
  -- Slug of the brand, or the network code of another country.
  operator TEXT NOT NULL CONSTRAINT site_has_operator CHECK (operator <> ''),
  technology TEXT NOT NULL CONSTRAINT site_has_technology CHECK (technology IN ('2G', '3G', '4G', '5G')),
  -- The mast's own position; otherwise the centre of the places where the cell was heard.
  exact BOOLEAN NOT NULL,
  -- Cell identity as phones print it, to find the site of a measurement.
  cell INTEGER,
  -- LAC or TAC: identities of 2G and 3G repeat between areas.
  area_code INTEGER,
  arfcn INTEGER,
  -- Direction of the antenna, degrees clockwise from north.
  azimuth_deg DOUBLE CONSTRAINT site_azimuth_is_a_direction CHECK (azimuth_deg >= 0 AND azimuth_deg < 360),
  height_m DOUBLE CONSTRAINT site_height_is_above_ground CHECK (height_m > 0),
  -- How much an estimated position rests on.
  observations INTEGER CONSTRAINT site_observations_is_a_count CHECK (observations >= 0),
  name TEXT,
  source TEXT NOT NULL,
  import_id INTEGER NOT NULL CONSTRAINT site_has_an_import REFERENCES imports (id)
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('sites', 'features', 'sites', 'Masts and cells', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('sites', 'geom', 'POINT', 4326, 0, 0);

-- Spatial index as in the GeoPackage standard, annex F.3, word for word, so that other programs keep it in step.
INSERT INTO gpkg_extensions
VALUES ('sites', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_sites_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_sites_geom_insert AFTER INSERT ON sites
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_sites_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_sites_geom_update2 AFTER UPDATE OF geom ON sites
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_sites_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_sites_geom_update4 AFTER UPDATE ON sites
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_sites_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_sites_geom_update5 AFTER UPDATE ON sites
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_sites_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_sites_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_sites_geom_update6 AFTER UPDATE OF geom ON sites
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_sites_geom
  SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)
  WHERE id = NEW.fid;
END;
CREATE TRIGGER rtree_sites_geom_update7 AFTER UPDATE OF geom ON sites
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom IS NULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_sites_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_sites_geom_delete AFTER DELETE ON sites
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_sites_geom WHERE id = OLD.fid;
END;
