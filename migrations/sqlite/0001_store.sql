-- This file is a store of this program. The table is how `open` knows its own files, so it comes first.
CREATE TABLE phusong_store (
  -- One row, always.
  id INTEGER NOT NULL PRIMARY KEY CONSTRAINT store_has_one_identity CHECK (id = 1),
  -- Random, made with the file: two stores never share an epoch, so no cache mixes them up.
  dataset TEXT NOT NULL,
  -- Counts the commits that changed something; part of every ETag.
  epoch INTEGER NOT NULL CONSTRAINT epoch_counts_up CHECK (epoch >= 0),
  -- Secret of the keyed hash of household labels. It never leaves the file: without it
  -- a list of labels cannot be turned back into households.
  household_key BLOB NOT NULL CONSTRAINT household_key_has_32_bytes CHECK (length(household_key) = 32)
);

-- SQLite seeds its generator from the operating system's.
INSERT INTO phusong_store VALUES (1, lower(hex(randomblob(8))), 0, randomblob(32));
