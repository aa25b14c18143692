-- How many earlier runs of a place later ones supersede: they made its verdict once, and no figure beside counts them.
ALTER TABLE cells ADD COLUMN superseded_runs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dead_areas ADD COLUMN superseded_runs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claims ADD COLUMN superseded_runs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE place_signal ADD COLUMN superseded_runs INTEGER;
ALTER TABLE places ADD COLUMN superseded_runs INTEGER;

-- Verdicts made before these columns are made again when the store is next used.
DELETE FROM analysis;
