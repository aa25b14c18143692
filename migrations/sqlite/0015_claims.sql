-- Imports may be of claims. As in 0010.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''places''', '''places'', ''claims''')
WHERE type = 'table' AND name = 'imports';
PRAGMA writable_schema = RESET;

-- Where operators say that their networks reach: one claim for each operator, technology and environment. A later file replaces it.
CREATE TABLE claim (
  id INTEGER PRIMARY KEY NOT NULL,
  operator TEXT NOT NULL CONSTRAINT claim_has_operator CHECK (operator <> ''),
  technology TEXT NOT NULL CONSTRAINT claim_has_technology CHECK (technology IN ('2G', '3G', '4G', '5G')),
  environment TEXT NOT NULL CONSTRAINT claim_has_an_environment
    CHECK (environment IN ('unstated', 'outdoor', 'vehicle', 'indoor')),
  -- The day that the operator speaks of, where that is known.
  as_of DATE,
  source TEXT NOT NULL,
  import_id INTEGER NOT NULL CONSTRAINT claim_has_an_import REFERENCES imports (id),
  CONSTRAINT one_claim_for_each_network UNIQUE (operator, technology, environment)
);

-- Its ground: H3 cells of several resolutions, a parent in place of all its children.
CREATE TABLE claim_cell (
  claim INTEGER NOT NULL CONSTRAINT claim_cell_has_a_claim REFERENCES claim (id) ON DELETE CASCADE,
  cell INTEGER NOT NULL,
  -- The least power that is claimed; empty where the claim names none.
  minimum_dbm DOUBLE CONSTRAINT claim_minimum_is_a_power CHECK (minimum_dbm BETWEEN -156 AND -25),
  PRIMARY KEY (claim, cell)
) WITHOUT ROWID;

-- The layer: measured r9 cells of every network with a claim, held against it by the last analysis. Columns are named as the
-- fields of the map.
CREATE TABLE claims (
  fid INTEGER PRIMARY KEY NOT NULL,
  geom POLYGON NOT NULL,
  cell TEXT NOT NULL,
  operator TEXT NOT NULL,
  technology TEXT NOT NULL,
  -- contradicted, doubtful, borne_out, beyond or not_claimed.
  status TEXT NOT NULL,
  claimed BOOLEAN NOT NULL,
  claimed_dbm DOUBLE,
  -- Empty when the median run heard nothing.
  median_dbm DOUBLE,
  -- Measured less claimed, empty where one of both is not known.
  gap_db DOUBLE,
  claimed_on DATE,
  verdict TEXT NOT NULL,
  confirmed BOOLEAN NOT NULL,
  runs INTEGER NOT NULL,
  days INTEGER NOT NULL,
  devices INTEGER NOT NULL,
  weak_runs INTEGER NOT NULL,
  silent_runs INTEGER NOT NULL,
  weak_low DOUBLE NOT NULL,
  weak_high DOUBLE NOT NULL,
  first_seen DATE NOT NULL,
  last_seen DATE NOT NULL,
  operators_contradicted INTEGER NOT NULL,
  -- Holds something made for the demo.
  synthetic BOOLEAN NOT NULL
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('claims', 'features', 'claims', 'Claimed coverage held against the measurements', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('claims', 'geom', 'POLYGON', 4326, 0, 0);

-- Spatial index as in the GeoPackage standard, annex F.3, word for word, so that other programs keep it in step.
INSERT INTO gpkg_extensions
VALUES ('claims', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_claims_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_claims_geom_insert AFTER INSERT ON claims
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_claims_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_claims_geom_update2 AFTER UPDATE OF geom ON claims
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_claims_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_claims_geom_update4 AFTER UPDATE ON claims
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_claims_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_claims_geom_update5 AFTER UPDATE ON claims
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_claims_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_claims_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_claims_geom_update6 AFTER UPDATE OF geom ON claims
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_claims_geom
  SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)
  WHERE id = NEW.fid;
END;
CREATE TRIGGER rtree_claims_geom_update7 AFTER UPDATE OF geom ON claims
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom IS NULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_claims_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_claims_geom_delete AFTER DELETE ON claims
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_claims_geom WHERE id = OLD.fid;
END;

-- Share of the cells of a dead area that the operators without signal there claim, and who claims any; empty where none
-- supplied a claim.
ALTER TABLE dead_areas ADD COLUMN claimed_share DOUBLE;
ALTER TABLE dead_areas ADD COLUMN claimed_by TEXT;

-- r9 cells of a commune that some operator claims, those where the runs contradict it, and those without a run of an
-- operator that claims them; empty where none supplied a claim.
ALTER TABLE commune_reach ADD COLUMN cells_claimed INTEGER;
ALTER TABLE commune_reach ADD COLUMN cells_contradicted INTEGER;
ALTER TABLE commune_reach ADD COLUMN cells_claimed_unmeasured INTEGER;
ALTER TABLE communes ADD COLUMN cells_claimed INTEGER;
ALTER TABLE communes ADD COLUMN cells_contradicted INTEGER;
ALTER TABLE communes ADD COLUMN cells_claimed_unmeasured INTEGER;

-- Verdicts made before these columns are made again when the store is next used.
DELETE FROM analysis;
