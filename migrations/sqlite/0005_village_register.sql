-- The register of villages: the denominator of everything. A village is closed, never deleted.
CREATE TABLE village_register (
  -- <commune>-<number>, minted here, because villages have no national code.
  code TEXT NOT NULL,
  -- Where it lies today: the digits in the code stay those of the day it was minted.
  commune TEXT NOT NULL CONSTRAINT village_has_commune CHECK (length(commune) = 5),
  name TEXT NOT NULL CONSTRAINT village_has_name CHECK (name <> ''),
  -- JSON list of other names and spellings, for matching the files of others.
  aliases TEXT NOT NULL,
  -- GeoPackage point, so that the layer can be made from it as it is; empty when nobody knows.
  geom BLOB,
  -- Radius within which the point is known, metres.
  point_precision_m REAL,
  -- Declared households. Empty is "no denominator", never zero.
  households INTEGER CONSTRAINT village_households_is_a_count CHECK (households >= 0),
  -- Day of that declaration: an old denominator is worth saying.
  households_date DATE,
  population INTEGER CONSTRAINT village_population_is_a_count CHECK (population >= 0),
  -- How sure we are that it exists as listed.
  confidence TEXT NOT NULL CONSTRAINT village_has_confidence
    CHECK (confidence IN ('official', 'commune_confirmed', 'gazetteer', 'machine', 'synthetic')),
  valid_from DATE NOT NULL,
  valid_to DATE,
  -- Its id in the file, so that a second import finds it again.
  source_key TEXT,
  source TEXT NOT NULL,
  import_id INTEGER NOT NULL CONSTRAINT village_has_an_import REFERENCES imports (id),
  CONSTRAINT village_has_one_code PRIMARY KEY (code),
  CONSTRAINT village_has_one_row_a_source UNIQUE (source, source_key)
);
