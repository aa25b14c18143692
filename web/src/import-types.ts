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

/** A line of the list of imports. */
export interface ImportLine {
  id: number;
  kind: string;
  file: string;
  at: string;
  /** Nothing of imports of before it was written down. */
  role: string | null;
  scope: string | null;
  new: number;
  changed: number;
  known: number;
  refused: number;
  taken_back: { at: string; rows: number; kept: number } | null;
}

/** What taking an import back takes out. */
export interface Undoing {
  import: ImportLine;
  rows: number;
  kept: number;
  elsewhere: number;
  days: number;
  first_day: string | null;
  last_day: string | null;
  operators: { operator: string; rows: number }[];
  cells: number | null;
  areas: number | null;
  repairs: number | null;
  /** Files that hold some of the rows too. */
  later: { id: number; file: string; rows: number; exact: boolean }[];
}

export type Correction = { line: number; field: string; value: string } | { line: number; leave_out: true };

export interface Asked {
  kind: string;
  crs?: number;
  layer?: string;
  replace?: true;
  corrections: Correction[];
}
