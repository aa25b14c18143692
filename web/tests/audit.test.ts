// What the lines of the audit say, in which order they stand, and who may open them.

import { expect, test } from 'vitest';

import { newestFirst } from '../src/audit';
import { moment, whatTo, whatWasDone, whoDid } from '../src/audit-words';
import { setLanguage } from '../src/i18n';
import en from '../src/i18n/en.json';
import vi from '../src/i18n/vi.json';
import { opens } from '../src/role';
import { isList, readState } from '../src/state';
import type { AuditEvent, Me, Meta } from '../src/types';

const meta = { operators: [{ id: 'viettel', brand: 'Viettel' }] } as unknown as Meta;
const line = (action: string, subject: string, more: Partial<AuditEvent> = {}): AuditEvent => ({ at: '2026-11-30T17:29:13.962Z', role: 'department', scope: null, token: 5, action, subject, purpose: '', ...more });

test('a moment is on the clocks of Vietnam, also past midnight', () => {
  expect(moment('2026-11-30T17:29:13.962Z')).toBe('01/12/2026 00:29');
  expect(moment('2026-11-30T06:13:48Z')).toBe('30/11/2026 13:13');
  expect(moment('never')).toBe('never');
});

test('every action has words in both languages', () => {
  const actions = ['token_created', 'token_revoked', 'login', 'work', 'review', 'export', 'import', 'take_back', 'analyse', 'erase', 'retain', 'campaign', 'register'];
  const ours = (dictionary: object) => Object.keys(dictionary).filter((key) => key.startsWith('audit_'));
  for (const dictionary of [vi, en]) expect(ours(dictionary).sort()).toEqual(actions.map((action) => `audit_${action}`).sort());
  setLanguage('vi');
  expect(whatWasDone(line('login', ''))).toBe('Đăng nhập');
  expect(whatWasDone(line('something_new', ''))).toBe('something_new');
});

test('who did it is a role and a token, or the server itself', () => {
  setLanguage('vi');
  expect(whoDid(line('work', '', { role: 'telecom', scope: 'viettel' }), meta)).toBe('Nhà mạng Viettel · mã số 5');
  expect(whoDid(line('work', '', { role: 'admin', token: null }), meta)).toBe('Quản trị · không dùng mã, tại máy chủ');
});

test.each([
  ['take_back', '12 samples 8662 log đo.csv', 'trị đo sóng: 8.662 dòng của log đo.csv'],
  ['export', 'claims.geojson?operator=viettel&technology=4G', 'Vùng phủ công bố (GEOJSON) · Viettel · 4G'],
  ['export', 'guidance_lost.csv?from=2026-01-01&to=2026-06-30', 'Lượt hướng dẫn hỏng vì mất sóng (CSV) · từ 01/01/2026 · đến 30/06/2026'],
  ['export', 'ogc/visits_masked?bbox=106,20.2,106.1,20.3', 'Lượt đến nhà, đã làm mờ vị trí (phần mềm bản đồ) · trong khung 106,20.2,106.1,20.3'],
  ['export', 'unheard_of.csv?odd', 'unheard_of (CSV) · odd'],
  ['login', 'commune:13285', 'UBND 13285'],
  ['token_created', 'telecom:viettel', 'Nhà mạng Viettel'],
  ['token_revoked', '3', 'mã số 3'],
  ['work', 'comment 8a415b', 'Ghi chú: 8a415b'],
  ['review', 'rejected 13285-001.2026-09-15.night', 'Đã loại: 13285-001, 15/09/2026'],
  ['review', 'reopened 13285-001.2026-09-15.night', 'Xem lại: 13285-001, 15/09/2026'],
  ['register', 'rename 13285-001', 'Đổi tên: 13285-001'],
  ['import', 'visits kết quả tháng 9.xlsx', 'lượt đến nhà: kết quả tháng 9.xlsx'],
  ['analyse', '2026-09-15', '15/09/2026'],
  ['erase', '2 visits', '2 lượt đến nhà'],
  ['retain', '3 visits, 1200 measurements, 4 cells, 5 lines of the audit', '3 lượt đến nhà, 1.200 trị đo sóng, 4 ô đo, 5 dòng nhật ký'],
  ['campaign', 'quy-3-2026', 'quy-3-2026'],
])('%s of %s', (action, subject, expected) => {
  setLanguage('vi');
  expect(whatTo(line(action, subject), meta)).toBe(expected);
});

test('the newest stands first, and more comes without asking again', async () => {
  let asked = 0;
  const ask = newestFirst(async () => {
    asked += 1;
    return { items: Array.from({ length: 60 }, (_, at) => line('login', String(at))) };
  });
  const { signal } = new AbortController();
  const [first, second] = [await ask(0, signal), await ask(50, signal)];
  expect([first.total, first.items.length, first.items[0]?.subject]).toEqual([60, 50, '59']);
  expect([second.items.length, second.items.at(-1)?.subject, asked]).toEqual([10, '0', 1]);
});

test('whoever may read the audit has its tab, and nobody else', () => {
  const me = (audit: Me['may'][string]) => ({ may: { audit }, layers: [] }) as unknown as Me;
  expect([opens(me('all'), 'audit'), opens(me('none'), 'audit'), opens(null, 'audit')]).toEqual([true, false, false]);
  const { tab } = readState('?tab=audit', null);
  expect([tab, isList(tab)]).toEqual(['audit', false]);
});
