// Elements in one line each, and redrawing that keeps the reader's place.

export type Child = Node | string | null | undefined | false;
type Handler = (event: Event) => void;
type Attribute = string | number | boolean | null | undefined | Handler;

/** `false`, `null` and `undefined` leave an attribute out; functions are listeners (`onclick`). */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replaces what `parent` holds; the focused element with an id keeps the focus. */
export function redraw(parent: Element, ...children: Child[]): void {
  const focused = parent.contains(document.activeElement) ? document.activeElement?.id : undefined;
  parent.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
  if (focused) document.getElementById(focused)?.focus();
}
