-- What the runs of the last analysis were made from: while no sample came in since, they are as good as new.

CREATE TABLE runs_from (
  -- One row, or none before the first analysis.
  id INTEGER NOT NULL PRIMARY KEY CONSTRAINT runs_are_of_the_last_analysis CHECK (id = 1),
  -- The last row of the samples that they hold. Samples are never changed and never deleted.
  last_sample INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  -- Phones that were compared, and the largest offset that was taken off, dB.
  devices_compared INTEGER NOT NULL,
  largest_offset_db REAL NOT NULL
);
