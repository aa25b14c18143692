// What the server says of a file that is laid down, looked at and imported.

export interface Choice {
  value: string;
  /** What people call it; codes of results have words of their own. */
  name: string | null;
}

export interface RefusedRow {
  line: number;
  /** Where the row stands in an archive of several files. */
  within: { file: string; line: number } | null;
  field: string;
  /** The field as it is called: the file's heading, or a word. */
  column: string;
  found: string;
  reason: string;
  expected: string;
  hint: string | null;
  /** The cell that would mend the row; nothing where no cell would. */
  mend: { field: string; column: string; choices: Choice[] } | null;
}

/** What may be chosen of a file that could not be read as it is. */
export interface Choices {
  systems: { crs: number; name: string }[];
  /** Sheets of a workbook, layers of a map file. */
  layers: string[];
}

export interface Counted {
  kind: string;
  accepted: number;
  new: number;
  changed: number;
  known: number;
  refused: number;
  corrected: number;
  already_imported: string | null;
  dropped_fields: string[];
  warnings: string[];
  flags: { flag: string; visits: number; held: boolean }[];
  /** Visits that would count nowhere until somebody accepts them. */
  held: number;
  communes: { commune: string; name: string | null; rows: number }[];
  refused_rows: RefusedRow[];
}

/** A row of a register, and what it would change: nothing of a new village. */
export interface VillageGlance {
  line: number;
  code: string;
  village: string;
  commune: string | null;
  households: number | null;
  changes: { field: string; old: string | null; new: string | null; odd: boolean }[] | null;
}

export interface Preview extends Counted {
  /** The first rows of a register, and the first of those that change a known village, odd ones before all others. */
  villages?: VillageGlance[];
  changed_villages?: VillageGlance[];
  format: { kind: string | null; reader: string; encoding: string | null; delimiter: string | null };
  columns: { field: string; word: string | null; column: string }[];
  choices: Choices;
  first_good: { line: number; day: string; commune: string | null; village: string | null; result: string; flags: string[] }[];
}

export interface Imported extends Counted {
  epoch: string;
}

export type Correction = { line: number; field: string; value: string } | { line: number; leave_out: true };

export interface Asked {
  kind: string;
  crs?: number;
  layer?: string;
  replace?: true;
  corrections: Correction[];
}
