import { type Clip, type ClipData, type Fields, type ReviewData, type Span, clipOf, fieldsOf, inRank, inReel, join } from "./model";

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

// Board has the clips as they are on this page, and the way back.
export class Board {
  clips = new Map<string, Clip>();
  played: Span[] = [];
  private past: Step[] = [];
  private future: Step[] = [];

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
    return this.past.at(-1);
  }

  get redoable(): Step | undefined {
    return this.future.at(-1);
  }

  // take makes the changes of a step and remembers it.
  take(step: Step): void {
    for (const change of step.does) this.make(change);
    this.past.push(step);
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

  undo(): Step | undefined {
    const step = this.past.pop();
    if (!step) return undefined;
    for (const change of step.undoes) this.make(change);
    this.future.push(step);
    return step;
  }

  redo(): Step | undefined {
    const step = this.future.pop();
    if (!step) return undefined;
    if (step.redoes) step.does = step.redoes;
    for (const change of step.does) this.make(change);
    this.past.push(step);
    return step;
  }

  // forget takes out of the way back what touches these clips or the order of
  // the reel: somebody else changed them, and to undo would change that.
  forget(keys: Set<string>, order: boolean): void {
    const stays = (step: Step): boolean =>
      ![...step.does, ...step.undoes].some((c) => (c.kind === "order" ? order : keys.has(c.key)));
    this.past = this.past.filter(stays);
    this.future = this.future.filter(stays);
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
