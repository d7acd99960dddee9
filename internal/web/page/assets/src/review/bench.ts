import { Board, type Step } from "./board";
import type { Clip, Fields, PageData, ReviewData } from "./model";
import { Names } from "./naming";
import type { Saver } from "./saver";
import { Writing } from "./writing";

// What the bench asks of the page.
export interface BenchEvents {
  render(): void; // something is not as it is shown
  say(text: string): void;
  unsaved(): void; // something is written that was not sent yet
}

// Bench is what all parts of a review work at: its clips, which of them is
// chosen, and the way of every step to the service.
export class Bench {
  readonly board = new Board();
  readonly writing: Writing;
  chosen = ""; // key of the clip
  previous = ""; // that was chosen before it
  chosenBefore = false; // by the guider, not by the page

  constructor(
    readonly data: PageData,
    readonly saver: Saver,
    private readonly page: BenchEvents,
  ) {
    this.writing = new Writing(this.board, saver, { begun: () => page.render(), unsaved: () => page.unsaved() });
  }

  get mayChange(): boolean {
    return this.data.may_change;
  }

  // clip is the one that is chosen.
  get clip(): Clip | undefined {
    const c = this.board.clips.get(this.chosen);
    return c?.deleted ? undefined : c;
  }

  choose(key: string): void {
    this.previous = this.chosen;
    this.chosen = key;
    this.chosenBefore = true;
  }

  // take takes the review over as the service tells it.
  take(review: ReviewData): void {
    this.saver.read(review);
    this.read(review);
  }

  // read is take where the saver knows already.
  read(review: ReviewData): void {
    this.board.read(review, (id) => this.saver.keyOf(id), this.saver.pending);
  }

  // do makes the changes of a step, here and at the service, and says it.
  do(step: Step): void {
    if (!this.mayChange) return;
    this.writing.drop();
    this.make(step);
    this.say(step.said);
  }

  // make is do without a word.
  make(step: Step): void {
    this.board.take(step);
    this.saver.save(...step.does);
    this.render();
  }

  // set changes fields of a clip, the chosen one unless another is named.
  set(said: string, fields: Partial<Fields>, key = this.chosen): void {
    const c = this.board.clips.get(key);
    if (!c || c.deleted) return;
    this.writing.end();
    const was = Object.fromEntries(Object.keys(fields).map((name) => [name, c[name as keyof Fields]])) as Partial<Fields>;
    this.do({ said, does: [{ kind: "set", key, fields }], undoes: [{ kind: "set", key, fields: was }] });
  }

  // copy returns the clips as they are now.
  copy(): Map<string, Clip> {
    return new Map([...this.board.clips].map(([key, c]) => [key, { ...c }]));
  }

  nameOf(c: Clip): string {
    return new Names(this.board.clips.values()).of(c);
  }

  render(): void {
    this.page.render();
  }

  say(text: string): void {
    this.page.say(text);
  }
}
