// The periods that reports are written for: this quarter and the one before.

export interface Period {
  from: string;
  to: string;
}

/** The quarter that holds `today`, moved by whole quarters; both days inclusive. */
export function quarter(today: string, moved = 0): Period {
  const [year = 1970, month = 1] = today.split('-').map(Number);
  const count = year * 4 + Math.floor((month - 1) / 3) + moved;
  const first = new Date(Date.UTC(Math.floor(count / 4), (count % 4) * 3, 1));
  const last = new Date(Date.UTC(Math.floor(count / 4), (count % 4) * 3 + 3, 0));
  return { from: iso(first), to: iso(last) };
}

/** The months that a period touches, whole; one that ends today still ends today. */
export function wholeMonths({ from, to }: Period, today: string): Period {
  const last = (day: string) => {
    const [year = 1970, month = 1] = day.split('-').map(Number);
    return iso(new Date(Date.UTC(year, month, 0)));
  };
  return { from: isDay(from) ? `${from.slice(0, 7)}-01` : from, to: isDay(to) && to !== today ? last(to) : to };
}

/** The last day before `day`. */
export function dayBefore(day: string): string {
  return iso(new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000));
}

/**
 * What a person typed as a day: `9/8/2026`, `09-08-26`, `09.08.2026` and
 * `2026-08-09` are the ninth of August. Nothing typed is nothing; what is no
 * day is `null`.
 */
export function readDay(typed: string): string | null {
  const text = typed.trim();
  if (text === '') return '';
  const parts = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$/.exec(text);
  const [year = 0, month = 0, date = 0] = parts ? [Number(parts[3]), Number(parts[2]), Number(parts[1])] : text.split('-').map(Number);
  const full = year < 100 ? 2000 + year : year;
  const day = new Date(Date.UTC(full, month - 1, date));
  const real = day.getUTCFullYear() === full && day.getUTCMonth() === month - 1 && day.getUTCDate() === date;
  return real && full >= 2000 && full < 2100 ? iso(day) : null;
}

/** What was typed into several fields as days, once each of them is one or empty; until then nothing is asked anew. */
export function allRead<Name extends string>(typed: Readonly<Record<Name, string | null>>): Partial<Record<Name, string>> | null {
  const read: Partial<Record<Name, string>> = {};
  for (const name of Object.keys(typed) as Name[]) {
    const text = typed[name];
    if (text === null) continue;
    const found = readDay(text);
    if (found === null) return null;
    read[name] = found;
  }
  return read;
}

/** Whether `YYYY-MM-DD` is a day of the calendar. */
export function isDay(text: string): boolean {
  return text !== '' && readDay(text) === text;
}

/** `2026-08-09` as `09/08/2026`, which both readers of the page understand. */
export function slashed(day: string): string {
  return day.split('-').reverse().join('/');
}

function iso(date: Date): string {
  return date.toISOString().slice(0, 10);
}
