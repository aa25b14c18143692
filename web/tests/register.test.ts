// What is said before an act on the register is sent, and of acts that were.

import { beforeEach, describe, expect, test } from 'vitest';

import { setLanguage } from '../src/i18n';
import { complaint, question, type Body } from '../src/register-checks';
import { whatWasDone } from '../src/register-log';
import type { RegisterAct, RegisterVillage } from '../src/types';

const TODAY = '2026-11-30';
const village: RegisterVillage = { code: '13285-002', commune: '13285', name: 'Tổ dân phố 2', aliases: [], households: 120, valid_to: null, successors: [] };
const act = (more: Body): Body => ({ who: 'UBND xã', why: 'đề án', on: TODAY, ...more });

beforeEach(() => setLanguage('vi'));

describe('an act that the server would refuse says which field is wrong', () => {
  test.each([
    [{ act: 'move', point: [20.3, 105.9], precision_m: 50 }, 'đổi chỗ'],
    [{ act: 'move', point: [NaN, 20.3], precision_m: 50 }, 'đủ kinh độ và vĩ độ'],
    [{ act: 'move', point: [205.9, 20.3], precision_m: 50 }, '-180 đến 180'],
    [{ act: 'move', point: [105.9, 20.3], precision_m: NaN }, 'Sai số'],
    [{ act: 'move', point: [105.9, 20.3], precision_m: 30_000 }, 'Sai số'],
    [{ act: 'households', households: NaN }, 'số nguyên'],
    [{ act: 'households', households: 1.5 }, 'số nguyên'],
    [{ act: 'merge', others: [] }, 'ít nhất một thôn khác'],
    [{ act: 'split', parts: [{ name: 'A' }] }, 'ít nhất hai thôn'],
    [{ act: 'split', parts: [{ name: 'A', households: NaN }, { name: 'B' }] }, 'số nguyên'],
    [{ act: 'confirm', on: '' }, 'ngày/tháng/năm'],
    [{ act: 'confirm', on: '2026-12-01' }, '01/12/2026'],
    [{ act: 'confirm', who: ' ' }, 'đơn vị hoặc vai trò'],
    [{ act: 'confirm', why: '' }, 'lý do'],
    [{ act: 'rename', name: 'gọi 0912 345 678' }, '“Tên mới”'],
    [{ act: 'confirm', why: 'theo a@b.vn' }, '“Lý do”'],
    [{ act: 'confirm', why: 'bà Bình, 0912 345 678' }, '“Lý do”'],
  ])('%o', (more, words) => {
    expect(complaint(act(more), TODAY)).toContain(words);
  });

  test('and nothing of one that it would take', () => {
    for (const more of [{ act: 'confirm' }, { act: 'move', point: [105.9, 20.3], precision_m: 50 }, { act: 'households', households: 0 }, { act: 'split', parts: [{ name: 'A' }, { name: 'B', households: 4 }] }, { act: 'rename', name: 'Tổ 4A' }, { act: 'confirm', why: 'nghị quyết 123/NQ-HĐND ngày 15/09/2026' }]) {
      expect(complaint(act(more), TODAY)).toBeNull();
    }
  });
});

describe('what is asked before it is sent', () => {
  const names = new Map([['13285-003', 'Tổ dân phố 3']]);

  test('says which village goes into which, from when, and that there is no way back', () => {
    expect(question(act({ act: 'merge', others: ['13285-003'], on: '2026-10-01' }), village, names)).toBe(
      'Từ ngày 01/10/2026, Tổ dân phố 3 (13285-003) nhập vào Tổ dân phố 2 (13285-002) và thôn này đi tiếp: lượt đến và số hộ khai báo của các thôn được tính chung. Không lấy lại được.',
    );
    expect(question(act({ act: 'split', parts: [{ name: 'Tổ 2A' }, { name: 'Tổ 2B' }] }), village, names)).toContain('chia thành Tổ 2A, Tổ 2B: lượt đến cũ ở lại với thôn cũ');
    const split = (parts: { name: string; households?: number }[], guided?: number) => question(act({ act: 'split', parts }), village, names, guided);
    expect(split([{ name: 'A', households: 900 }, { name: 'B', households: 900 }], 118)).toMatch(/118 hộ đã hướng dẫn của thôn cũ không còn .* 1\.800 hộ, thôn cũ đang ghi 120 hộ\.$/);
    expect(split([{ name: 'A', households: 70 }, { name: 'B', households: 50 }])).toMatch(/Không lấy lại được\.$/);
    expect(split([{ name: 'A', households: 70 }, { name: 'B' }])).toMatch(/chưa ghi số hộ; thôn cũ đang ghi 120 hộ\.$/);
    expect(question(act({ act: 'close' }), village, names)).toMatch(/^30\/11\/2026 là ngày cuối cùng .*“Mở lại”\.$/);
  });

  test('holds a count against the known one', () => {
    const asked = (count: number, known: number | null = 120) => question(act({ act: 'households', households: count }), { ...village, households: known }, names);
    expect(asked(1200)).toBe('Số hộ đang có của Tổ dân phố 2 (13285-002) là 120, số mới là 1.200. Đúng vậy không?');
    for (const odd of [0, 39, 361]) expect(asked(odd), String(odd)).toContain('120');
    for (const plain of [40, 120, 360]) expect(asked(plain), String(plain)).toBeNull();
    expect(asked(0, null)).toContain('chưa có số hộ');
    expect(asked(0, 0)).toBeNull();
    expect(asked(700, null)).toBeNull();
  });
});

describe('the log says what was done', () => {
  const done = (more: Partial<RegisterAct> & { act: string }): RegisterAct => ({ id: 1, on: TODAY, who: 'UBND', why: '', village: village.code, ...more });
  const names = { '13285-002': 'Tổ dân phố 2', '13285-003': 'Tổ dân phố 3' };

  test('which village went into which', () => {
    const merge = done({ act: 'merge', others: ['13285-003'] });
    expect(whatWasDone(merge, [merge], village, names)).toBe('Gộp thôn: Tổ dân phố 3 (13285-003) vào Tổ dân phố 2 (13285-002)');
    const split = done({ act: 'split', parts: [{ name: 'Tổ 2A' }, { name: 'Tổ 2B' }] });
    expect(whatWasDone(split, [split], village, names)).toBe('Tách thôn: Tổ dân phố 2 (13285-002) thành Tổ 2A, Tổ 2B');
  });

  test('what it was called before, where one name can have been it', () => {
    const [first, second] = [done({ act: 'rename', name: 'Tổ 4A' }), done({ id: 2, act: 'rename', name: 'Tổ 4B' })];
    const renamed = { ...village, name: 'Tổ 4B', aliases: ['Tổ 4', 'Tổ 4A'] };
    expect(whatWasDone(first, [first, second], renamed, names)).toBe('Đổi tên: Tổ 4 → Tổ 4A');
    expect(whatWasDone(second, [first, second], renamed, names)).toBe('Đổi tên: Tổ 4A → Tổ 4B');
    expect(whatWasDone(first, [first], { ...renamed, aliases: ['Tổ 4', 'Xóm 4'] }, names)).toBe('Đổi tên: Tổ 4A');
  });

  test('the figures', () => {
    expect(whatWasDone(done({ act: 'households', households: 1200 }), [], village, names)).toBe('Khai số hộ: 1.200 hộ');
    expect(whatWasDone(done({ act: 'move', point: [105.9, 20.25], precision_m: 50 }), [], village, names)).toBe('Sửa vị trí: 20,25; 105,9 (± 50 m)');
    expect(whatWasDone(done({ act: 'confirm' }), [], village, names)).toBe('Xác nhận có thôn này');
  });
});
