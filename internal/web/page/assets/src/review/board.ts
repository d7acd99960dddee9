import { type Span, join } from "../played";
import { type Clip, type ClipData, type Fields, type ReviewData, clipOf, fieldsOf, inRank, inReel } from "./model";

// One change that a guider made. It says all that is needed to make it here, and
// to have it made by the service.
export type Change =
  | { kind: "set"; key: string; fields: Partial<Fields> }
  | { kind: "add"; key: string; fields: Fields }
  | { kind: "split"; key: string; at: number; rest: string } // rest is the key of what goes on
  | { kind: "delete"; key: string }
  | { kind: "restore"; key: string }
  | { kind: "order"; keys: string[] };

// Step is what one command did, and how it is undone.
export interface Step {
  said: string; // "Kept", for people
  does: Change[];
  undoes: Change[];
  redoes?: Change[]; // in place of does, where what was made is there already
}

// Done is a step that was made, with the reel as it was before and is after it:
// which clips are where in it is not always in the changes, as a clip that is
// taken out of it has no place by the time it comes back.
interface Done {
  step: Step;
  before: string[];
  after: string[];
}

// Board has the clips as they are on this page, and the way back.
export class Board {
  clips = new Map<string, Clip>();
  played: Span[] = [];
  private past: Done[] = [];
  private future: Done[] = [];

  // read takes the review over as the service tells it. keyOf says which key a
  // clip has here, and pending what the service does not have yet.
  read(review: ReviewData, keyOf: (id: string) => string, pending: readonly Change[]): void {
    const before = this.clips;
    this.clips = new Map();
    for (const data of review.clips) {
      const c = clipOf(data, keyOf(data.id));
      this.clips.set(c.key, c);
    }
    // A clip that was deleted is known for as long as it can be restored.
    for (const [key, c] of before) if (!this.clips.has(key) && c.deleted) this.clips.set(key, c);
    for (const change of pending) this.make(change);
    for (const span of review.played) this.played = join(this.played, span);
  }

  get list(): Clip[] {
    return inRank(this.clips.values());
  }

  get reel(): Clip[] {
    return inReel(this.clips.values());
  }

  get undoable(): Step | undefined {
    return this.past.at(-1)?.step;
  }

  get redoable(): Step | undefined {
    return this.future.at(-1)?.step;
  }

  // take makes the changes of a step and remembers it.
  take(step: Step): void {
    const before = this.order;
    for (const change of step.does) this.make(change);
    this.past.push({ step, before, after: this.order });
    this.future = [];
  }

  // more makes a step that was the last go on, as typing does: it is undone at once.
  more(step: Step, changes: Change[]): void {
    for (const change of changes) this.make(change);
    step.does = changes;
    this.future = [];
  }

  // adopt takes a clip over as the service has it.
  adopt(key: string, data: ClipData): void {
    this.clips.set(key, clipOf(data, key));
  }

  // undo takes the last step back, and returns it with the changes that does it.
  undo(): { step: Step; changes: Change[] } | undefined {
    const done = this.past.pop();
    if (!done) return undefined;
    this.future.push(done);
    return { step: done.step, changes: this.remake(done.step.undoes, done.before) };
  }

  redo(): { step: Step; changes: Change[] } | undefined {
    const done = this.future.pop();
    if (!done) return undefined;
    const { step } = done;
    if (step.redoes) step.does = step.redoes;
    this.past.push(done);
    return { step, changes: this.remake(step.does, done.after) };
  }

  // remake makes changes, and what it takes for the reel to be in this order.
  private remake(changes: readonly Change[], order: readonly string[]): Change[] {
    for (const change of changes) this.make(change);
    const now = this.order;
    const known = order.filter((key) => now.includes(key));
    const rest = known.values();
    const keys = now.map((key) => (known.includes(key) ? rest.next().value! : key));
    if (keys.every((key, i) => key === now[i])) return [...changes];
    const change: Change = { kind: "order", keys };
    this.make(change);
    return [...changes, change];
  }

  private get order(): string[] {
    return this.reel.map((c) => c.key);
  }

  // forget takes out of the way back what touches these clips or the order of
  // the reel: somebody else changed them, and to undo would change that.
  forget(keys: Set<string>, order: boolean): void {
    const stays = ({ step }: Done): boolean =>
      ![...step.does, ...step.undoes].some((c) => (c.kind === "order" ? order : keys.has(c.key)));
    const without = (done: Done): Done => (order ? { ...done, before: [], after: [] } : done);
    this.past = this.past.filter(stays).map(without);
    this.future = this.future.filter(stays).map(without);
  }

  private make(change: Change): void {
    if (change.kind === "order") {
      for (const c of this.clips.values()) c.position = change.keys.indexOf(c.key) + 1;
      return;
    }
    if (change.kind === "add") {
      this.clips.set(change.key, {
        key: change.key,
        moment: "",
        rank: 0,
        by_hand: true,
        position: 0,
        deleted: false,
        ...fieldsOf(change.fields),
      });
      return;
    }
    const c = this.clips.get(change.key);
    if (!c) return;
    switch (change.kind) {
      case "set":
        Object.assign(c, change.fields);
        break;
      case "split":
        this.clips.set(change.rest, { ...c, ...fieldsOf(c), key: change.rest, start_s: change.at, by_hand: true, note: "" });
        c.end_s = change.at;
        break;
      case "delete":
        c.deleted = true;
        break;
      case "restore":
        c.deleted = false;
        break;
    }
  }
}
