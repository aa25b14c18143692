// How large a file may be, as the page says it before and after it is sent.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

import { setLanguage } from '../src/i18n';
import { MOST_MB, whyTooLarge } from '../src/import';

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
