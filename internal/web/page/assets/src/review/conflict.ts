import { t } from "../messages";
import type { Change } from "./board";
import type { Clip } from "./model";
import { part } from "./part";
import { words } from "./remake";
import type { Refusal } from "./saver";

// What was refused, and the clips as they were here then.
export interface Asked {
  refusal: Refusal;
  before: Map<string, Clip>;
}

// Conflict asks what is to become of changes that somebody else was before, one
// after the other, and shows the words of those that nothing can be made of.
export class Conflict {
  private waiting: Asked[] = [];

  constructor(
    private readonly root: HTMLElement,
    private readonly nameOf: (key: string) => string, // "" where there is none
  ) {}

  // open reports whether something was asked and not answered yet.
  get open(): boolean {
    return this.waiting.length > 0;
  }

  // key is that of the clip which is asked about; "" where it is the reel.
  get key(): string {
    const change = this.waiting[0]?.refusal.change;
    return !change || change.kind === "order" ? "" : change.key;
  }

  ask(asked: Asked): void {
    this.waiting.push(asked);
    if (this.waiting.length === 1) this.show();
  }

  // answered ends the question, and returns what was asked about.
  answered(): Asked | undefined {
    const asked = this.waiting.shift();
    this.show();
    return asked;
  }

  // lost says what cannot be done any more, and shows what was written in it for
  // as long as the page is open, or until it is read.
  lost(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const text = words(changes);
    const field = part<HTMLTextAreaElement>(this.root, "lost_words");
    field.value = [part(this.root, "lost").hidden ? "" : field.value, text].filter(Boolean).join("\n\n");
    field.hidden = field.value === "";
    part(this.root, "lost").hidden = false;
  }

  read(): void {
    part(this.root, "lost").hidden = true;
  }

  private show(): void {
    part(this.root, "conflict").hidden = !this.open;
    if (!this.open) return;
    const name = this.nameOf(this.key);
    const what = this.root.querySelector<HTMLElement>("#conflict-what")!;
    what.textContent = name ? t("review.live.conflict", { Name: name }) : t("review.live.conflict_order");
    what.focus();
  }
}
