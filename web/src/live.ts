/** The server tells when the data have changed, so an open map does not stay behind an import. */

/**
 * Calls `changed` when the epoch is another one than `shown` says. A page that nobody looks at waits until somebody
 * does: twenty open tabs should not all ask at once.
 */
export function follow(shown: () => string, changed: () => void): void {
  let told = '';
  const look = (): void => {
    if (told && told !== shown() && !document.hidden && !typing()) changed();
  };
  // The browser connects again by itself; an older one without event streams shows what it has until it is reloaded.
  if (typeof EventSource === 'undefined') return;
  const events = new EventSource('events');
  events.addEventListener('epoch', (event) => {
    told = String((event as MessageEvent<string>).data);
    look();
  });
  document.addEventListener('visibilitychange', look);
  document.addEventListener('focusout', () => setTimeout(look));
}

/** Somebody is in the middle of a word, which a new list would take away. */
function typing(): boolean {
  const at = document.activeElement;
  return (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) && at.value !== '';
}
