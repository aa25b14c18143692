// What taking an import back takes out and what the map would be without it, a sentence each.

import { day, number } from './format';
import { known, t } from './i18n';
import type { Undoing, UndoneAreas, UndoneView } from './import-types';
import type { Meta } from './types';
import { operatorName } from './words';

/** Areas that are named in one sentence. */
const NAMED = 6;

/** What would go and what rests on it. */
export function whatGoes(told: Undoing, meta: Meta): string[] {
  const { resting, outcome } = told;
  const sentences: (string | null)[] = [
    told.first_day && told.last_day ? t('undoDays', { days: number(told.days), first: day(told.first_day), last: day(told.last_day) }) : null,
    told.operators.length > 0 ? t('undoOperators', { operators: told.operators.map(({ operator, rows }) => `${operatorName(meta, operator)} ${number(rows)}`).join(', ') }) : null,
    told.cells !== null ? t('undoCells', { cells: number(told.cells) }) : null,
    told.areas !== null && told.repairs !== null && told.areas + told.repairs > 0 ? t('undoResting', { areas: number(told.areas), repairs: number(told.repairs) }) : null,
    resting && resting.areas.total > 0 ? named('undoRestingIn', resting.areas) : null,
    ...(outcome ? [...outcome.views.flatMap((view) => ofView(view, meta)), ...outcome.repairs.map(ofRepair)] : []),
    told.areas !== null && !outcome ? t('undoNotAhead') : null,
    told.elsewhere > 0 ? t('undoElsewhere', { rows: number(told.elsewhere) }) : null,
    told.kept > 0 ? t('undoKept', { rows: number(told.kept) }) : null,
  ];
  return [...sentences.filter((text) => text !== null), ...again(told)];
}

/** Files that hold some of the rows too, to be imported again. */
export function again({ later }: Undoing): string[] {
  return later.map(({ file, rows, exact }) => {
    if (file === null) return t('undoLaterOther', { rows: number(rows) });
    return t(exact ? 'undoLater' : 'undoLaterMost', { file, rows: number(rows) });
  });
}

function ofView({ operator, cells, areas }: UndoneView, meta: Meta): string[] {
  const sum = (counts: Record<string, number>, of = Object.keys(counts)) => number(of.reduce((all, verdict) => all + (counts[verdict] ?? 0), 0));
  const dead = ['none', 'weak'];
  const { before, after } = cells;
  const [gone, changed, fresh] = [areas.gone, areas.changed, areas.new].map(({ total }) => number(total));
  return [
    t('undoView', { network: operatorName(meta, operator ?? ''), measured: sum(before), measuredAfter: sum(after), dead: sum(before, dead), deadAfter: sum(after, dead), gone: gone ?? '', changed: changed ?? '', fresh: fresh ?? '' }),
    ...(areas.new.total > 0 ? [named('undoBack', areas.new)] : []),
    ...(areas.gone.total > 0 ? [named('undoGone', areas.gone)] : []),
  ];
}

function ofRepair({ item, communes, state, state_after }: NonNullable<Undoing['outcome']>['repairs'][number]): string {
  const word = (code: string | null) => (code === null ? t('undoNothingLeft') : (known(`work_${code}`) ?? code));
  return t('undoRepair', { item, communes, before: word(state), after: word(state_after) });
}

/** Where areas lie, each place once. */
function named(key: 'undoRestingIn' | 'undoBack' | 'undoGone', { total, items }: UndoneAreas): string {
  const places = new Set(items.map(({ key, communes, villages }) => [communes || key, villages && `(${villages})`].filter(Boolean).join(' ')));
  const first = [...places].slice(0, NAMED);
  const isMore = places.size > NAMED || total > items.length;
  return t(key, { places: `${first.join('; ')}${isMore ? ' …' : ''}` });
}
