import { t } from "../messages";
import type { Board, Change, Step } from "./board";
import type { Clip } from "./model";
import type { Saver } from "./saver";

// How long is waited after the last letter before a note is saved, in milliseconds.
const thinking = 800;

// What writing brings about.
export interface WritingEvents {
  begun(): void; // a note that was not being written before
  unsaved(): void; // there is more of it than was saved
}

// Writing is the note that is being written: one step, as long as it is the same
// writing, and saved when whoever writes it stops to think.
export class Writing {
  private step: Step | undefined;
  private thinks = 0;

  constructor(
    private readonly board: Board,
    private readonly saver: Saver,
    private readonly events: WritingEvents,
  ) {}

  // open reports whether a note is being written.
  get open(): boolean {
    return this.step !== undefined;
  }

  // waits reports whether something of it was not sent yet.
  get waits(): boolean {
    return this.thinks !== 0;
  }

  // write takes the whole note of a clip as it is by now.
  write(c: Clip, text: string): void {
    const { key } = c;
    if (this.step && this.board.undoable === this.step) {
      this.board.more(this.step, [{ kind: "set", key, fields: { note: text } }]);
    } else {
      this.step = {
        said: t("review.live.noted"),
        does: [{ kind: "set", key, fields: { note: text } }],
        undoes: [{ kind: "set", key, fields: { note: c.note } }],
      };
      this.board.take(this.step);
      this.events.begun();
    }
    clearTimeout(this.thinks);
    this.thinks = window.setTimeout(() => this.save(), thinking);
    this.events.unsaved();
  }

  private save(): void {
    this.saver.save(...this.unsent());
  }

  // unsent takes what was written since a note was last sent.
  unsent(): Change[] {
    const { waits } = this;
    clearTimeout(this.thinks);
    this.thinks = 0;
    return waits && this.step ? this.step.does : [];
  }

  // end saves the note: what is written now would be another.
  end(): void {
    if (this.waits) this.save();
    this.drop();
  }

  // drop ends it without that.
  drop(): void {
    this.step = undefined;
  }
}
