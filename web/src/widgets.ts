// Lists, sheets and forms that keep something of their own, and what is drawn or asked when that changes.

import { Again } from './again';
import { afterImport, ask, renew, retryAll } from './asking';
import { AuditTab } from './audit';
import { Compared } from './compared';
import { goTo } from './choosing';
import { drawHead, drawLegend, drawList, drawPopup, drawTabs, retryCard } from './drawing';
import { Histories } from './history';
import { ImportDesk } from './import';
import { ImportLog } from './import-log';
import { Inbox } from './inbox';
import { IndicatorTab } from './indicators';
import { Lists } from './lists';
import { Live, typing } from './live';
import { asked as narrowedTo } from './narrowed';
import { asked, change, page, parts } from './page';
import { Plans } from './plan';
import { Problems } from './problems';
import { RegisterSheets } from './register-sheet';
import { RoleMenu } from './role';
import { Search } from './search';
import { SpeedsAround } from './speeds';
import { Stale } from './stale';
import { TabBar } from './tabs';
import { TodayList } from './today';
import { WorkList } from './work';
import { WorkSheets } from './work-sheet';

export const lists = new Lists(() => drawList());
export const problems = new Problems(() => drawList());
export const work = new WorkList(() => drawList());
export const sheets = new WorkSheets(() => drawPopup(), () => void work.open(asked(), narrowedTo(page.state.commune), true));
// A decision changes what counts: everything is asked for anew.
export const inbox = new Inbox(() => drawList(), () => void ask());
export const today = new TodayList(() => drawList());
export const indicatorTab = new IndicatorTab(() => drawList(), ({ code, name }) => void goTo({ kind: 'commune', key: code, name, lon: null, lat: null }));
export const comparedPeriods = new Compared(() => drawLegend());
export const auditTab = new AuditTab(() => drawList());
export const tabBar = new TabBar(() => drawTabs());
// What came in is on the map, in every list and among what was held back.
export const desk = new ImportDesk(() => drawList(), () => void afterImport());
// What was taken back is nowhere any more.
export const importLog = new ImportLog(() => drawList(), () => void afterImport());
export const plans = new Plans(() => drawPopup(), (drawing) => page.view?.showPlan(drawing));
export const histories = new Histories(() => drawPopup());
// Another name or end of a village shows everywhere.
export const registers = new RegisterSheets(() => drawPopup(), () => void ask(), { centre: () => page.view?.centre() ?? null, today: () => page.meta?.as_of ?? '', question: () => page.state });
export const speedsAround = new SpeedsAround(() => drawPopup());
export const roles = new RoleMenu(() => drawHead(), (operator) => {
  // Nothing on the page is sure to look the same to another role.
  if (operator) change({ operator }, 'replace');
  location.reload();
});
export const live = new Live(() => String(page.meta?.epoch ?? ''), (step) => void renew(step));
export const stale = new Stale({ summary: parts.summary, list: parts.list, map: parts.canvas });
export const again = new Again(() => void retryAll(), typing);
/** Of a place that was asked for and did not come. */
export const placeAgain = new Again(() => page.banner?.again?.(), typing);
/** Of the parts of a card. */
export const cardAgain = new Again(() => retryCard(), typing);
export const search = new Search(() => page.state, (found) => void goTo(found));
