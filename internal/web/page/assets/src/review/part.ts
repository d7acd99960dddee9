// part returns the element of the page that its template calls so.
export function part<E extends HTMLElement = HTMLElement>(root: ParentNode, name: string): E {
  const found = root.querySelector<E>(`[data-part="${name}"]`);
  if (!found) throw new Error(`the page has no part "${name}"`);
  return found;
}

// maybe is part for what a page has only for those who may change something.
export function maybe<E extends HTMLElement = HTMLElement>(root: ParentNode, name: string): E | null {
  return root.querySelector<E>(`[data-part="${name}"]`);
}

// Rows shows a list of things with keys, an element each that stays the same as
// long as its thing is there: so it keeps the focus, and a picture is loaded once.
export class Rows<T extends { key: string }> {
  private rows = new Map<string, HTMLElement>();

  constructor(
    private readonly list: HTMLElement,
    private readonly template: HTMLTemplateElement,
    private readonly begin: (row: HTMLElement, key: string) => void,
    private readonly fill: (row: HTMLElement, one: T, index: number) => void,
  ) {}

  row(key: string): HTMLElement | undefined {
    return this.rows.get(key);
  }

  show(things: T[]): void {
    const focused = document.activeElement;
    const keys = new Set(things.map((one) => one.key));
    for (const [key, row] of this.rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
    things.forEach((one, i) => {
      const { key } = one;
      let row = this.rows.get(key);
      if (!row) {
        row = this.template.content.firstElementChild!.cloneNode(true) as HTMLElement;
        this.begin(row, key);
        this.rows.set(key, row);
      }
      this.fill(row, one, i);
      if (this.list.children[i] !== row) this.list.insertBefore(row, this.list.children[i] ?? null);
    });
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.list.contains(focused)) focused.focus();
  }
}
