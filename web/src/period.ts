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

/** The last day before `day`. */
export function dayBefore(day: string): string {
  return iso(new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000));
}

function iso(date: Date): string {
  return date.toISOString().slice(0, 10);
}
