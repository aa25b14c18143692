-- What served a measurement, to hold it against the list of sites: a cell is known by identity and channel.

-- Channel of the serving cell; an identity of one operator repeats on several.
ALTER TABLE private_sample ADD COLUMN arfcn INTEGER;
-- Walked or driven: a log from a car misses what a person on foot would find.
ALTER TABLE private_sample ADD COLUMN speed_kmh REAL;

-- The cell and the channel that served most of the run.
ALTER TABLE private_run ADD COLUMN serving_cell INTEGER;
ALTER TABLE private_run ADD COLUMN arfcn INTEGER;
