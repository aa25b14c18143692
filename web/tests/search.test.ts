// Why a place was found, in the reader's words.

import { beforeEach, expect, test } from 'vitest';

import { setLanguage } from '../src/i18n';
import { because } from '../src/search';
import type { Found } from '../src/types';

const found = (more: Partial<Found>): Found => ({ key: '13285', kind: 'commune', name: 'Phường Phủ Lý', lon: 1, lat: 1, ...more });

beforeEach(() => setLanguage('vi'));

test('a commune found by its own name says since when', () => {
  expect(because(found({ since: '2025-07-01' }))).toBe('từ 01/07/2025');
});

test('one found by an old name says which, where and until when', () => {
  const old = { matched: 'Phường Châu Cầu', matched_district: 'Thành phố Phủ Lý', matched_to: '2025-07-01', since: '2025-07-01' };
  expect(because(found({ ...old, share: 'whole' }))).toBe('gồm Phường Châu Cầu, Thành phố Phủ Lý (đến 30/06/2025), từ 01/07/2025');
  expect(because(found({ ...old, share: 'part' }))).toContain('một phần');
});

test('a village says its commune, and its alias where it was found by that', () => {
  const village = found({ kind: 'village', name: 'Thôn Đông', commune_name: 'Xã Gia Vân' });
  expect(because(village)).toBe('Xã Gia Vân');
  expect(because({ ...village, matched: 'Xóm Đông' })).toBe('Xã Gia Vân · còn gọi Xóm Đông');
});

test('one that has ended says its last day', () => {
  const gone = found({ kind: 'village', name: 'Tổ dân phố 3', commune_name: 'Phường Phủ Lý', ended: '2026-10-01', became: [{ code: '13285-002', name: 'Tổ dân phố 2' }] });
  expect(because(gone)).toBe('Phường Phủ Lý · hết 30/09/2026: không còn');
});
