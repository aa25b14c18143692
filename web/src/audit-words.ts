// What a line of the audit says, in words: who, when, and what it was done to.
//
// The server writes a subject as its commands do (`claims.csv?operator=viettel`,
// `rename 13285-001`). What is not understood here is shown as it stands: an
// audit leaves nothing out. Pure: no document.

import { day, number, VIETNAM_MS } from './format';
import { known, t } from './i18n';
import { roleName } from './role';
import type { AuditEvent, Meta } from './types';
import { operatorName } from './words';

/** `30/11/2026 13:14`, on the clocks of Vietnam wherever the reader is; what is no time comes back as it is. */
export function moment(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return text;
  const [date = '', time = ''] = new Date(at + VIETNAM_MS).toISOString().split('T');
  return `${date.split('-').reverse().join('/')} ${time.slice(0, 5)}`;
}

export function whoDid({ role, scope, token }: AuditEvent, meta: Meta): string {
  const name = roleName({ role, scope, scope_name: role === 'telecom' && scope ? operatorName(meta, scope) : null });
  return `${name} · ${token === null ? t('auditNoToken') : t('auditToken', { id: token })}`;
}

export function whatWasDone({ action }: AuditEvent): string {
  return known(`audit_${action}`) ?? action;
}

/** The place, file, token or filter that it was done to. */
export function whatTo({ action, subject }: AuditEvent, meta: Meta): string {
  const [first = '', ...others] = subject.split(' ');
  const rest = others.join(' ');
  switch (action) {
    case 'login':
    case 'token_created':
      return role(subject, meta);
    case 'token_revoked':
      return t('auditToken', { id: subject });
    case 'work':
      return after(known(`act_${first}`) ?? first, rest);
    case 'review':
      return after(known(`held_${first}`) ?? (first === 'reopened' ? t('heldReopen') : null) ?? first, bundle(rest));
    case 'register':
      return after(known(`reg_${first}`) ?? first, rest);
    case 'import':
      return after(known(`kind_${first}`) ?? first, rest);
    case 'take_back':
      return takenBack(subject);
    case 'analyse':
      return day(subject);
    case 'export':
      return file(subject, meta);
    case 'erase':
    case 'retain':
      return counts(subject);
    default:
      return subject;
  }
}

/** `12 samples 8662 log.csv`: number of the import, kind, rows that went, file. */
function takenBack(subject: string): string {
  const [, kind = '', rows = '', name = ''] = /^\d+ (\w+) (\d+) (.*)$/.exec(subject) ?? [];
  return rows === '' ? subject : t('auditTaken', { kind: known(`kind_${kind}`) ?? kind, rows: number(Number(rows)), file: name });
}

const after = (word: string, rest: string): string => (rest === '' ? word : `${word}: ${rest}`);

/** `telecom:viettel` */
function role(text: string, meta: Meta): string {
  const [code = '', scope = null] = text.split(':', 2);
  return roleName({ role: code, scope, scope_name: code === 'telecom' && scope ? operatorName(meta, scope) : null });
}

/** `13285-001.2026-09-15.…`: visits of a village and a day. */
function bundle(key: string): string {
  const [place = '', date = ''] = key.split('.');
  return /^\d{4}-\d{2}-\d{2}$/.test(date) ? `${place}, ${day(date)}` : key;
}

/** `claims.csv?operator=viettel&bbox=…`, or `ogc/claims` of a map program. */
function file(subject: string, meta: Meta): string {
  const cut = subject.indexOf('?');
  const name = cut < 0 ? subject : subject.slice(0, cut);
  const filters = cut < 0 ? [] : subject.slice(cut + 1).split('&').map((one) => filter(one, meta));
  const [layer = '', format = ''] = name.replace(/^ogc\//, '').split('.', 2);
  const how = name.startsWith('ogc/') ? t('auditOgc') : format.toUpperCase();
  const what = known(`auditLayer_${layer}`) ?? layer;
  return [how ? `${what} (${how})` : what, ...filters].join(' · ');
}

/** One `name=value` of a filter; what has no word stays as it is. */
function filter(text: string, meta: Meta): string {
  const cut = text.indexOf('=');
  const [name, value] = [text.slice(0, Math.max(cut, 0)), text.slice(cut + 1)];
  if (name === 'operator') return operatorName(meta, value);
  if (name === 'technology') return value;
  const word = known(`auditBy_${name}`);
  return word ? `${word} ${day(value)}` : text;
}

/** `3 visits, 12 measurements`: numbers of what went. */
function counts(subject: string): string {
  const one = (part: string) => {
    const [, n = '', what = ''] = /^(\d+) (\w+)/.exec(part) ?? [];
    const word = known(`auditGone_${what}`);
    return word ? `${number(Number(n))} ${word}` : part;
  };
  return subject.split(', ').map(one).join(', ');
}
