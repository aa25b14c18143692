// What a popup says, field by field.

import { beforeEach, describe, expect, test } from 'vitest';

import { evidence, keyOf } from '../src/evidence';
import { setLanguage } from '../src/i18n';
import { speedsSentence } from '../src/speeds';
import type { Meta } from '../src/types';
import { setLegend } from '../src/words';

/** What the server says of itself; the page knows none of these numbers. */
const told = (reach: Partial<Meta['rules']['reach']> = {}) =>
  ({ operators: [], rules: { reach: { version: '1', started_below: 0.2, low_below: 0.5, near_below: 0.9, stale_after_days: 180, k: 5, ...reach } } }) as unknown as Meta;
const meta = told();

beforeEach(() => {
  setLanguage('vi');
  setLegend({});
});

const shown = (layer: Parameters<typeof evidence>[0], attributes: Record<string, unknown>) =>
  Object.fromEntries(evidence(layer, attributes, meta).rows.map((row) => [row.field, row.text]));

describe('a village', () => {
  const village = { code: '14329-007', name: 'Xóm Một', commune_name: 'Xã Yên Mô', status: 'low', households: 1186, visited: 700, guided: 612, remaining: 456, percent: 51.6, last_visit: '2026-03-02', stale: true, signal: 'weak', signal_confirmed: false, signal_median_dbm: -112.5, signal_runs: 4, signal_days: 2, signal_last_seen: '2026-08-19' };

  test('says its figures as the reader writes them', () => {
    expect(shown('villages', village)).toMatchObject({ households: '1.186', guided: '612', percent: '51,6 %', last_visit: '02/03/2026', signal: 'Sóng kém', signal_median_dbm: '-112,5 dBm' });
  });

  test('warns of a stale visit', () => {
    expect(evidence('villages', village, meta).flags).toEqual(['Lượt đến gần nhất đã quá 180 ngày.']);
    expect(evidence('villages', village, told({ stale_after_days: 90 })).flags).toEqual(['Lượt đến gần nhất đã quá 90 ngày.']);
  });

  test('without a declared count has no percentage and no zero', () => {
    const rows = shown('villages', { code: '1', status: 'no_denominator', households_note: 'not_reported', percent_note: 'not_reported', remaining_note: 'not_reported', signal: 'not_measured' });
    expect(rows).toMatchObject({ households: 'chưa báo cáo', percent: 'chưa báo cáo', remaining: 'chưa báo cáo', signal: 'chưa đo', last_visit: 'chưa báo cáo' });
    expect(shown('villages', { code: '1', visited: 0 }).last_visit).toBe('chưa ai đến');
    expect(shown('villages', { code: '1', visited_note: 'suppressed' }).last_visit).toBe('ẩn vì có ít hộ');
    expect(rows).not.toHaveProperty('signal_runs');
    expect(Object.values(rows)).not.toContain('0');
  });

  test('hides few households, and what would give them away', () => {
    const rows = shown('priority', { code: '1', status: 'started', need: 'both', guided_note: 'suppressed', visited_note: 'suppressed', remaining_note: 'suppressed', percent_note: 'suppressed' });
    expect(rows).toMatchObject({ guided: 'ẩn', visited: 'ẩn', remaining: 'ẩn', percent: 'ẩn' });
    const hint = evidence('priority', { code: '1', guided_note: 'suppressed' }, told({ k: 11 })).rows.find(({ field }) => field === 'guided')?.hint;
    expect(hint).toBe('ẩn để không lộ nhóm dưới 11 hộ');
  });
});

test('a cell whose median run heard nothing says so', () => {
  const rows = shown('signal', { cell: '89414', verdict: 'none', operator: 'all', runs: 6, weak_low: 0.324, weak_high: 0.81 });
  expect(rows).toMatchObject({ median_dbm: 'không bắt được sóng', weak_low: '32–81 %', operator: 'Mạng tốt nhất', days: 'chưa đo' });
  const share = (weak_low: number, weak_high: number) => shown('signal', { cell: '89414', verdict: 'none', weak_low, weak_high }).weak_low;
  expect([share(0.966, 0.994), share(0.997, 1), share(1, 1), share(0, 0.003), share(0, 0)]).toEqual(['97–99 %', '99,7–100 %', '> 99,9 %', '0–0,3 %', '< 0,1 %']);
  expect(evidence('signal', { cell: '89414', verdict: 'none', weak_low: 0.3, weak_high: 0.8 }, meta).rows.find(({ field }) => field === 'weak_low')?.label).toContain('80 %');
});

test('a commune that reported nothing shows words', () => {
  const rows = shown('communes', { code: '13285', name: 'Phường Phủ Lý', kind: 'ward', guided_note: 'not_reported', percent_note: 'not_reported', villages: 21 });
  expect(shown('communes', { code: '1', no_report: true, villages_reached: 0 }).villages_reached).toBe('chưa báo cáo');
  expect(rows).toMatchObject({ guided: 'chưa báo cáo', percent: 'chưa báo cáo', cells_measured: 'chưa đo', villages: '21' });
});

describe('a village to go to', () => {
  const rows = (layer: Parameters<typeof evidence>[0], attributes: Record<string, unknown>) => evidence(layer, attributes, meta).rows;
  const label = (layer: Parameters<typeof evidence>[0], field: string, attributes: Record<string, unknown>) => rows(layer, attributes).find((row) => row.field === field)?.label;

  test('says at most how many households are missing, and of how many percent', () => {
    expect(shown('priority', { code: '1', need: 'both', households_at_most: 249 })).toMatchObject({ households_at_most: '249 hộ' });
    expect(label('priority', 'households_at_most', { code: '1', households_at_most: 249 })).toBe('Cần tối đa để đạt 90 %');
    expect(label('priority', 'remaining', { code: '1', remaining: 3 })).toBe('Hộ còn lại để đạt 90 %');
  });

  test('without declared households says so', () => {
    expect(shown('priority', { code: '1', need: 'both' })).toMatchObject({ households_at_most: 'chưa có số hộ' });
  });

  test('has a rank of the list that it was opened from', () => {
    expect(label('priority', 'rank', { code: '1', rank: 4 })).toBe('Thứ tự trong “Đi đâu trước”');
    expect(label('unreached', 'rank', { code: '1', rank: 9 })).toBe('Thứ tự trong “Cần đến”');
  });

  test('leads to its dead area', () => {
    expect(rows('villages', { code: '1', dead_area: '89414391a03ffff' }).find((row) => row.field === 'dead_area')).toMatchObject({ opens: 'dead_area', raw: '89414391a03ffff', text: 'Xem vùng thiếu sóng' });
    expect(shown('villages', { code: '1' })).not.toHaveProperty('dead_area');
  });

  test('says where a link to a dead area of before has led', () => {
    expect(evidence('signal', { cell: '89414391a03ffff', verdict: 'good', was_dead: true }, meta).flags).toContain('Nơi này từng là vùng thiếu sóng; theo các lượt đo hiện nay thì không còn.');
    expect(evidence('dead_areas', { area: '89414391a03ffff', formerly: '89414391a07ffff' }, meta).flags).toContain('Vùng mà liên kết chỉ tới nay là một phần của vùng này.');
  });

  test('shows what the verdict rests on, where the server says it', () => {
    expect(shown('villages', { code: '1', signal: 'weak', signal_devices: 3, signal_weak_low: 0.45, signal_weak_high: 0.88, signal_first_seen: '2026-02-03' })).toMatchObject({ signal_devices: '3', signal_weak_low: '45–88 %', signal_first_seen: '03/02/2026' });
    expect(shown('villages', { code: '1', signal: 'weak' })).not.toHaveProperty('signal_devices');
    expect(shown('villages', { code: '1', signal: 'good', signal_superseded_runs: 6 })).toMatchObject({ signal_superseded_runs: '6' });
  });
});

test('a commune leads to its villages to visit, and says its kind once', () => {
  const { rows, subtitle } = evidence('communes', { code: '1', name: 'Xã Giao Minh', kind: 'commune', villages_unreached: 4 }, meta);
  expect(subtitle).toBe('');
  expect(rows.find((row) => row.field === 'villages_unreached')).toMatchObject({ opens: 'to_visit', raw: '4', text: 'Xem 4 thôn' });
  expect(evidence('communes', { code: '1', villages_unreached: 0 }, meta).rows.find((row) => row.field === 'villages_unreached')?.opens).toBeUndefined();
});

test('a commune leads to its dead areas, where it has cells without usable signal', () => {
  const row = (cells_dead?: number) => evidence('communes', { code: '1', cells_dead }, meta).rows.find(({ field }) => field === 'cells_dead');
  expect(row(39)).toMatchObject({ opens: 'dead_areas', raw: '39', text: '39 ô, xem các vùng' });
  expect(row(0)?.opens).toBeUndefined();
  expect(row()).toMatchObject({ absent: true, text: 'chưa đo' });
});

test('the words of the legend stand before ours', () => {
  setLegend({ verdict: { weak: { color: '#c8553d', vi: 'Lõm sóng', en: 'Weak' } } });
  expect(shown('dead_areas', { area: '1', verdict: 'weak' }).verdict).toBe('Lõm sóng');
});

test('the key is the one that people use, in tiles and in lists', () => {
  expect(keyOf('signal', { cell: '89414' })).toBe('89414');
  expect(keyOf('priority', { code: '14329-007', id: 7 })).toBe('14329-007');
  expect(keyOf('dead_areas', { key: '8941', area: 'other' })).toBe('8941');
});

test('a place that nobody measured says so, and has no figure of runs', () => {
  const centre = { place: '0a', kind: 'commune_centre', name: 'UBND xã Yên Mô', commune_name: 'Xã Yên Mô', verdict: 'unmeasured', within_m: 500, signal: 'not_measured', runs: 0, days: 0 };
  const rows = shown('places', centre);
  expect(rows).toMatchObject({ kind: 'Trung tâm hành chính xã', verdict: 'Chưa đo', within_m: '500 m', signal: 'chưa đo' });
  expect(rows).not.toHaveProperty('runs');
  expect(shown('places', { ...centre, verdict: 'hole', signal: 'outdoor', runs: 6 })).toMatchObject({ verdict: 'Lõm sóng', runs: '6' });
  expect(keyOf('places', centre)).toBe('0a');
  expect(shown('places', { ...centre, source: 'Sở Nội vụ / 2026' }).source).toBe('Sở Nội vụ / 2026');
  expect(shown('places', { ...centre, source: 'dữ liệu mô phỏng / synthetic demo data' }).source).toBe('dữ liệu mô phỏng');
});

test('a hint says that it is preliminary, whom it newly reaches and how good the list is', () => {
  const hint = { hint: '14329-002', rank: 2, kind: 'village', name: 'Xóm 2', commune_name: 'Xã Nho Quan', operator: 'viettel', technology: 'all', unit: 'households', declared: 120, affected: 99.6, share_percent: 47.5, gap_percent: 0, villages: 2, village_names: 'Xóm 2, Xóm Hậu', cells: 5, radius_m: 1000, radius_urban_m: 289, radius_from: 'rules' };
  const { flags, title } = evidence('hints', hint, meta);
  expect(flags[0]).toContain('sơ bộ');
  expect(title).toBe('Xóm 2');
  const rows = shown('hints', hint);
  expect(rows).toMatchObject({ rank: '2', affected: '99,6 hộ', declared: '120 hộ', share_percent: '47,5 %', gap_percent: '0 %', radius_m: '1.000 m (ở phường 289 m), theo quy tắc' });
  expect(rows).not.toHaveProperty('nearest_site');
  expect(shown('hints', { ...hint, unit: 'people', radius_from: 'measured' })).toMatchObject({ affected: '99,6 người', radius_m: '1.000 m, tính từ kết quả đo quanh các trạm' });
  expect(keyOf('hints', hint)).toBe('14329-002');
});

test('a square of speed tests says what it rests on and who published it, and makes no zero of what is missing', () => {
  const tile = { tile: '1323213230302312', class: 'not_enough', download_mbps: 12.34, own_download_mbps: 3, tests: 2, devices: 1, quarters: 1, last_quarter: '2025-Q3', source: 'Ookla', licence: 'CC BY-NC-SA 4.0' };
  expect(shown('speeds', tile)).toMatchObject({
    class: 'Chưa đủ dữ liệu',
    download_mbps: '12,3 Mbit/s',
    upload_mbps: 'chưa đo',
    latency_ms: 'chưa đo',
    last_quarter: 'quý 3/2025',
    source: 'Ookla',
    licence: 'CC BY-NC-SA 4.0',
  });
  expect(keyOf('speeds', tile)).toBe('1323213230302312');
});

test('speed around a village is a verdict only where the tests are enough', () => {
  const near = { class: 'slow', download_mbps: 4.26, tests: 1200, devices: 9, last_quarter: '2026-Q1' };
  expect(speedsSentence(near)).toBe('4,3 Mbit/s (chậm), từ 1.200 lượt thử đến quý 1/2026.');
  expect(speedsSentence({ ...near, class: 'not_enough', tests: 3 })).toMatch(/^Chưa đủ dữ liệu: 3 lượt/);
  expect(speedsSentence({ tests: 0 })).toBe('Chưa có lượt thử nào trong bốn quý gần nhất.');
});

describe('a cell against a claim', () => {
  const held = { cell: '89415', operator: 'viettel', technology: '4G', status: 'contradicted', claimed: true, claimed_dbm: -110, verdict: 'none', confirmed: true, runs: 9, days: 4, operators_contradicted: 1 };

  test('that heard nothing has no gap and no zero', () => {
    const rows = shown('claims', held);
    expect(rows).toMatchObject({ status: 'Trái với công bố', claimed: 'có', claimed_dbm: '-110 dBm', median_dbm: 'không bắt được sóng', runs: '9' });
    expect(rows).not.toHaveProperty('gap_db');
    expect(keyOf('claims', held)).toBe('89415');
  });

  test('says what it lacks of a claim that names a power, and that one names none', () => {
    expect(shown('claims', { ...held, median_dbm: -118.5, gap_db: -8.5 })).toMatchObject({ gap_db: '-8,5 dB', median_dbm: '-118,5 dBm' });
    expect(shown('claims', { ...held, claimed_dbm: undefined })).toMatchObject({ claimed_dbm: 'không công bố mức' });
  });

  test('that is not claimed speaks of no minimum', () => {
    expect(shown('claims', { ...held, status: 'beyond', claimed: false, claimed_dbm: undefined })).not.toHaveProperty('claimed_dbm');
  });
});

test('a dead area says how much of it is claimed, and nothing where nobody supplied a claim', () => {
  const dead = { area: '89415', verdict: 'none', operator: 'all', runs: 9 };
  expect(shown('dead_areas', { ...dead, claimed_share: 0.667, claimed_by: 'viettel, vnpt' }).claimed_share).toBe('67 % (viettel, vnpt)');
  expect(shown('dead_areas', { ...dead, claimed_share: 0, claimed_by: '' }).claimed_share).toBe('0 %');
  expect(shown('dead_areas', dead)).not.toHaveProperty('claimed_share');
});

test('a village without a point says so, and a row of a tile has none to miss', () => {
  const { flags } = evidence('villages', { code: '1', lon: null, lat: null }, meta);
  expect(flags).toEqual(['Thôn này chưa có vị trí: bản đồ hiện cả xã.']);
  expect(evidence('villages', { code: '1' }, meta).flags).toEqual([]);
});

test('a village that has ended says since when and leads to what goes on for it, and has no figures', () => {
  const gone = { code: '13285-003', name: 'Tổ dân phố 3', commune_name: 'Phường Phủ Lý', ended: '2026-10-01', lon: 105.9, lat: 20.5, became: [{ code: '13285-002', name: 'Tổ dân phố 2' }] };
  const { flags, rows, title } = evidence('villages', gone, meta);
  expect([title, ...flags]).toEqual(['Tổ dân phố 3', 'Thôn không còn trong danh sách từ ngày 01/10/2026.']);
  expect(rows.map(({ label, text, opens, raw }) => [label, text, opens, raw])).toEqual([
    ['Đã nhập vào', 'Tổ dân phố 2 (13285-002)', 'village', '13285-002'],
    ['Mã', '13285-003', undefined, '13285-003'],
  ]);
});
