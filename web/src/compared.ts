// The two periods that the layer of changes compares. Which days they are, the server says: without days in the
// filters the measured time is halved, and nobody could tell where.

import * as api from './api';
import { day } from './format';
import { t } from './i18n';
import { questionParams } from './state';
import type { Comparison, Days, Question } from './types';

export class Compared {
  private asked = '';
  private told: Comparison | null = null;

  constructor(private readonly changed: () => void) {}

  /** The data changed: what was said of the filters may not hold any more. */
  forget(): void {
    this.asked = '';
  }

  /** Both periods of the filters; nothing until the server has said so. */
  of(question: Question): Comparison | null {
    const key = questionParams(question).toString();
    if (this.asked !== key) {
      Object.assign(this, { asked: key, told: null });
      void this.ask(question, key);
    }
    return this.told;
  }

  private async ask(question: Question, key: string): Promise<void> {
    const told = await api.comparison(question).catch(() => null);
    if (this.asked !== key || told === null) return;
    this.told = told;
    this.changed();
  }
}

/** Days as `dd/mm/yyyy`, the earlier period first. */
export function periodsInWords(before: Days, after: Days): string {
  return t('periodsCompared', { from: day(before.from), to: day(before.to), later: day(after.from), last: day(after.to) });
}
