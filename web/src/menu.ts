// Menus that open over the page: where they can be seen, and how they go again.
//
// A menu stands beside its opener in the document, so that Tab goes from one into the other; on the screen it is put
// below it or, where that is below the fold, above. One is open at a time. A tap outside, Escape and leaving it by
// Tab shut it; Escape leads back to the opener, and to nothing behind the menu.

/** Pixels of the screen. */
export interface Opener {
  top: number;
  bottom: number;
  right: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Place {
  top: number;
  left: number;
  /** More than this is scrolled inside the menu. */
  maxHeight: number;
}

/** Between a menu and the edge of the screen, pixels. */
const EDGE = 8;

/** Below the opener where the menu fits, else above, else where there is more room; never past an edge of the screen. */
export function placed({ top, bottom, right }: Opener, menu: Size, screen: Size): Place {
  const below = screen.height - EDGE - bottom;
  const above = top - EDGE;
  const under = menu.height <= below || below >= above;
  const maxHeight = Math.max(0, under ? below : above);
  const left = Math.max(EDGE, Math.min(right - menu.width, screen.width - EDGE - menu.width));
  return { top: under ? bottom : top - Math.min(menu.height, maxHeight), left, maxHeight };
}

interface Open {
  /** Holds the opener and the menu. */
  root: HTMLElement;
  opener: HTMLElement;
  menu: HTMLElement;
  /** Takes the menu away and draws nothing anew: what was pressed outside would be gone before its click. */
  shut: () => void;
}

let open: Open | null = null;
let listening = false;

/** Says that a menu is open, each time it is drawn so; it is placed once it is in the document. */
export function unfolded(next: Open): void {
  // The same menu drawn anew is still open.
  if (open && open.opener.id !== next.opener.id && open.root.isConnected) open.shut();
  open = next;
  listen();
  queueMicrotask(place);
}

/** Says that the menu of an opener is shut. */
export function folded(openerId: string): void {
  if (open?.opener.id === openerId) open = null;
}

function current(): Open | null {
  // A list that is drawn anew draws its menu shut.
  if (open && !open.root.isConnected) open = null;
  return open;
}

function place(): void {
  const now = current();
  if (!now) return;
  const { style } = now.menu;
  Object.assign(style, { position: 'fixed', top: '0', left: '0', right: 'auto', maxHeight: 'none', overflowY: 'auto', overscrollBehavior: 'contain' });
  const { width, height } = now.menu.getBoundingClientRect();
  // The part of the screen that the keyboard of a phone leaves.
  const screen = { width: document.documentElement.clientWidth, height: window.visualViewport?.height ?? window.innerHeight };
  const { top, left, maxHeight } = placed(now.opener.getBoundingClientRect(), { width, height }, screen);
  Object.assign(style, { top: `${top}px`, left: `${left}px`, maxHeight: `${maxHeight}px` });
}

function listen(): void {
  if (listening) return;
  listening = true;
  const outside = ({ target }: Event) => {
    const now = current();
    if (now && !now.root.contains(target as Node)) now.shut();
  };
  document.addEventListener('pointerdown', outside, true);
  document.addEventListener('focusin', outside);
  document.addEventListener(
    'keydown',
    (event) => {
      const now = current();
      if (event.key !== 'Escape' || !now) return;
      event.stopImmediatePropagation();
      const { id } = now.opener;
      now.shut();
      document.getElementById(id)?.focus();
    },
    true,
  );
  const moved = ({ target }: Event) => {
    const now = current();
    if (now && !now.menu.contains(target as Node)) place();
  };
  document.addEventListener('scroll', moved, true);
  window.addEventListener('resize', place);
}
