// What the page says of a file: how large it may be, and what can be done about its refused rows.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

import { setLanguage, t } from '../src/i18n';
import { introduction, KINDS, MOST_MB, whyTooLarge } from '../src/import';
import type { RefusedRow } from '../src/import-types';
import { howToMend, whatForBook } from '../src/import-view';

test('the page and the server know the same limit', () => {
  const server = readFileSync(path.join(import.meta.dirname, '../../src/flow/uploads/mod.rs'), 'utf8');
  expect(/MOST_BYTES: usize = (\d+) \* 1024 \* 1024;/.exec(server)?.[1]).toBe(String(MOST_MB));
});

test('a refusal says the limit where somebody named it', () => {
  setLanguage('vi');
  expect(whyTooLarge('the file has more than 32 MB')).toContain('trên 32 MB');
  expect(whyTooLarge('the file unpacks to more than 500 MB')).toContain('giải nén ra trên 500 MB');
  expect(whyTooLarge('<html>413 Request Entity Too Large</html>')).toBe('Tệp quá lớn so với mức máy chủ này nhận. Hãy tách theo xã hoặc theo tháng.');
});

test('each kind of file is introduced by what it is, and only visits by the servers of forms', () => {
  setLanguage('vi');
  for (const kind of KINDS) expect(t(introduction(kind, true)).includes('Kobo')).toBe(kind === 'visits');
  expect(new Set(KINDS.map((kind) => introduction(kind, true))).size).toBe(KINDS.length);
});

const refused = (mend: RefusedRow['mend']) => ({ refused: 3, refused_rows: [{ mend } as RefusedRow, { mend: null } as RefusedRow, { mend: null } as RefusedRow] });

test('rows that have no field on the page are mended in the file they came from', () => {
  setLanguage('en');
  expect(howToMend(refused({ field: 'day', column: 'Ngày', choices: [] }))).toMatch(/^Mend them here/);
  expect(howToMend(refused(null))).toMatch(/^These rows are mended in the original file/);
  expect(howToMend({ ...refused(null), refused: 40 })).toMatch(/^The first 3 are shown\. These rows/);
});

test('refused rows are chosen again as a workbook only where the server reads it again', () => {
  setLanguage('en');
  const server = readFileSync(path.join(import.meta.dirname, '../../src/ingest/mod.rs'), 'utf8');
  const kinds = /fn takes_corrections[^}]*matches!\(kind, ([^)]*)\)/.exec(server)?.[1]?.split('|').map((kind) => kind.trim().replace('ImportKind::', '').toLowerCase()) ?? [];
  expect(kinds).toContain('visits');
  for (const kind of KINDS) expect(whatForBook({ kind }).includes('choose that very file')).toBe(kinds.includes(kind));
});
