-- A measurement keeps its phone for a term, since one hash on every day is the track of somebody's days. After the term
-- it has a hash for the day alone, a key that was made without the phone, the import 0, and a row among those of its
-- day: a file is mostly one phone, and its rows stand one behind the other. `Samples are never changed` of 0020 holds
-- within the term.

-- The first local day of which phones are told apart beyond a day; empty before the first term ended.
ALTER TABLE phusong_store ADD COLUMN phones_since DATE;
-- No measurement without its phone is later, milliseconds since 1970: a row that comes in until then may be there already.
ALTER TABLE phusong_store ADD COLUMN phones_gone_to_ms INTEGER;
