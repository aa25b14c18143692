-- What a village is called as a place, and whom a dead area affects.

-- no_signal, hole, poor, covered or not_enough: the place as judged at its centre.
ALTER TABLE village_reach ADD COLUMN signal_place TEXT;
ALTER TABLE villages ADD COLUMN signal_place TEXT;
ALTER TABLE priority ADD COLUMN signal_place TEXT;

-- People inside, as declared; empty with a note where none is.
ALTER TABLE dead_areas ADD COLUMN population INTEGER;
ALTER TABLE dead_areas ADD COLUMN population_note TEXT;
-- The chance that the next run is weak, and the households expected to be without usable signal.
ALTER TABLE dead_areas ADD COLUMN weak_chance DOUBLE;
ALTER TABLE dead_areas ADD COLUMN affected DOUBLE;
ALTER TABLE dead_areas ADD COLUMN affected_note TEXT;
-- What served there, the most frequent first, and a point inside.
ALTER TABLE dead_areas ADD COLUMN cells_seen TEXT;
ALTER TABLE dead_areas ADD COLUMN channels_seen TEXT;
ALTER TABLE dead_areas ADD COLUMN centre_lon DOUBLE;
ALTER TABLE dead_areas ADD COLUMN centre_lat DOUBLE;

-- Verdicts made before these columns are made again when the store is next used.
DELETE FROM analysis;
