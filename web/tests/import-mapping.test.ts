// What the page shows of columns before they are read, and what it makes of files that are chosen together.

import { expect, test } from 'vitest';

import { setLanguage } from '../src/i18n';
import { FileMapping, profileName, sorted, values } from '../src/import-mapping';
import type { MappedColumn, Mapping } from '../src/import-types';

const column = (more: Partial<MappedColumn>): MappedColumn => ({ column: 'A', field: null, personal: false, doubled: false, examples: [], why: [], ...more });

test('values stand beside what is made of them, and those that may name a person do not', () => {
  setLanguage('en');
  const examples = [{ found: '21', understood: '-98 dBm (4G)' }, { found: '500', understood: null }, { found: '4G', understood: '4G' }];
  expect(values(column({ field: 'power', examples }))).toEqual(['21 → -98 dBm (4G)', '500 → not understood', '4G']);
  expect(values(column({ examples }))).toEqual(['21', '500', '4G']);
  expect(values(column({ personal: true, examples }))).toEqual(['hidden: may name a person']);
  setLanguage('vi');
  expect(values(column({ field: 'time', examples: [{ found: '1774919700', understood: '2026-03-31T08:15:00+07:00' }] }))).toEqual(['1774919700 → 31/03/2026 08:15:00']);
  const shown = (found: string, understood: string) => values(column({ field: 'power', examples: [{ found, understood }] }))[0];
  expect(shown('-97,5', '-97.5 dBm (4G)')).toBe('-97,5 → -97,5 dBm (4G)');
  expect(shown('105,9740', '105.974000°')).toBe('105,9740 → 105,974000°');
  expect(shown('12,4', '12400 kbit/s')).toBe('12,4 → 12.400 kbit/s');
  expect(shown('37901057', '37901057')).toBe('37901057');
  expect(shown('mất', 'no_service')).toBe('mất → mất sóng');
  expect(shown('LIMITED', 'limited')).toBe('LIMITED → chỉ gọi được khẩn cấp');
  setLanguage('en');
  expect(values(column({}))).toEqual(['(empty)']);
});

test('of files chosen together the one with the ending .toml is the mapping', () => {
  const [table, profile] = [new File([], 'do.toml.csv'), new File([], 'Do_kiem.TOML')];
  expect(sorted([table, profile])).toEqual({ profile, table });
  expect(sorted([profile])).toEqual({ profile, table: undefined });
  expect(sorted([])).toEqual({ profile: undefined, table: undefined });
  expect([profileName('do.kiem.xlsx'), profileName('.csv')]).toEqual(['do.kiem.toml', '.csv.toml']);
});

test('no row is asked for while a column is missing, and a missing system of coordinates is no column', () => {
  const mapping = new FileMapping();
  const seen = (missing: Mapping['missing']) => ({ columns: [], missing }) as unknown as Mapping;
  expect(mapping.isWhole).toBe(false);
  mapping.show(seen([{ field: 'power', word: 'Power' }]));
  expect(mapping.isWhole).toBe(false);
  mapping.show(seen([{ field: 'table.crs', word: null }]));
  expect(mapping.isWhole).toBe(true);
  mapping.clear();
  expect(mapping.isWhole).toBe(false);
});
