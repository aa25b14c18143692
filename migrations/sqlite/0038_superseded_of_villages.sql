-- Of villages, too, how many earlier runs around them later ones supersede.
ALTER TABLE village_reach ADD COLUMN signal_superseded_runs INTEGER;
ALTER TABLE villages ADD COLUMN signal_superseded_runs INTEGER;
ALTER TABLE priority ADD COLUMN signal_superseded_runs INTEGER;

-- Verdicts made before these columns are made again when the store is next used.
DELETE FROM analysis;
