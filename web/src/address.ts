// Another question, another language, another address: what each brings with it.

import { ask, askStyle, load } from './asking';
import { closePopup, openSelected } from './choosing';
import { draw, drawPopup } from './drawing';
import { forget } from './filters';
import { effective } from './following';
import { setLanguage, t } from './i18n';
import { showStyle } from './mapping';
import { change, page } from './page';
import { remember, remembered } from './screen';
import { isList, readState } from './state';
import type { Question } from './types';
import { desk, importLog, search } from './widgets';

export function changeQuestion(next: Partial<Question>): void {
  if (next.from === '' && next.to === '') forget();
  // The communes of another edition are others.
  const elsewhere = next.asOf !== undefined && next.asOf !== page.state.asOf ? { commune: '' } : {};
  change({ ...next, ...elsewhere, selected: null }, 'push');
  closePopup(false);
  void ask();
}

export async function onAddress(): Promise<void> {
  const before = page.state;
  page.state = readState(location.search, remembered());
  page.closed = null;
  page.following.moved(page.state.tab);
  if (page.state.lang !== before.lang) {
    setLanguage(page.state.lang);
    search.rename();
    void desk.rename();
    void importLog.rename();
  }
  const same = (['operator', 'technology', 'from', 'to', 'asOf', 'comparedFrom', 'comparedTo', 'lang'] as const).every((name) => before[name] === page.state[name]);
  if (same) {
    draw();
    const loaded = load(page.state.tab);
    if (isList(page.state.tab)) await loaded;
    if (page.state.old !== before.old || JSON.stringify(effective(before)) !== JSON.stringify(effective(page.state))) showStyle();
  } else {
    closePopup(false, false);
    await ask();
  }
  await openSelected();
}

export function switchLanguage(): void {
  const lang = page.state.lang === 'vi' ? 'en' : 'vi';
  setLanguage(lang);
  remember(lang);
  change({ lang }, 'replace');
  search.rename();
  void desk.rename();
  void importLog.rename();
  draw();
  drawPopup();
  page.view?.rename(t('mapTitle'));
  void askStyle(page.asking.signal);
}
