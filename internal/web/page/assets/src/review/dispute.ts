import { t } from "../messages";
import type { Bench } from "./bench";
import type { Change } from "./board";
import type { Conflict } from "./conflict";
import type { ReviewData } from "./model";
import type { Panel } from "./panel";
import { remake } from "./remake";
import type { Refusal } from "./saver";

// Dispute is about what the service did not take: because it cannot be, or
// because somebody else was first, and then the guider decides.
export class Dispute {
  constructor(
    private readonly bench: Bench,
    private readonly conflict: Conflict,
    private readonly panel: Panel,
  ) {}

  // refused takes over how things stand, and asks or says what becomes of what was
  // not taken.
  refused(refusal: Refusal, review: ReviewData): void {
    const { bench } = this;
    const touched = new Set(refusal.mine.flatMap((c) => (c.kind === "order" ? [] : [c.key])));
    // What is being written was not sent yet. Of a clip that is asked about it is
    // part of the question; else it is nothing that was refused, and goes on.
    for (const change of bench.writing.unsent()) {
      if (refusal.outdated && change.kind === "set" && touched.has(change.key)) refusal.mine.push(change);
      else bench.saver.save(change);
    }
    for (const c of refusal.mine) if (c.kind === "split") touched.add(c.rest);
    const before = bench.copy();
    bench.board.forget(touched, true);
    bench.take(review);
    bench.writing.drop();
    if (!refusal.outdated) {
      bench.say(refusal.message || t("review.live.refused"));
      bench.render();
      // What only followed was not refused: it is made of what there is. Nothing
      // is restored for it, which could be refused for ever.
      const goesOn = after(refusal);
      const lost = remake(goesOn, bench.board, new Map(), t("review.live.mine"), (step) => bench.make(step));
      if (hasOnlyWords(refusal.change)) lost.unshift(refusal.change);
      this.conflict.lost(lost);
      return;
    }
    const first = !this.conflict.open;
    this.conflict.ask({ refusal, before });
    if (first) this.show();
    else bench.render();
  }

  // show shows what is asked about as it is now.
  private show(): void {
    const { bench } = this;
    if (bench.board.clips.has(this.conflict.key)) bench.chosen = this.conflict.key;
    this.panel.forget();
    bench.render();
  }

  // settle ends a conflict, with what the other window has or with what was
  // wanted here.
  settle(mine: boolean): void {
    const { bench } = this;
    const asked = this.conflict.answered();
    if (!asked) return;
    if (mine) {
      bench.writing.end();
      const said = t("review.live.mine");
      const lost = remake(asked.refusal.mine, bench.board, asked.before, said, (step) => bench.make(step));
      bench.say(lost.length > 0 ? t("review.live.mine_not_all") : said);
      this.conflict.lost(lost);
    }
    if (this.conflict.open) this.show();
    else this.panel.focus();
  }

  // read ends the showing of words that nothing can be made of.
  read(): void {
    this.conflict.read();
    this.panel.focus();
  }
}

// after is what of a refusal was not refused itself: what came after it, and
// the words that went with it.
function after({ change, mine }: Refusal): Change[] {
  const others = mine.filter((c) => c !== change);
  if (change.kind !== "set" || hasOnlyWords(change)) return others;
  const { state, start_s, end_s, ...words } = change.fields;
  return Object.keys(words).length === 0 ? others : [{ kind: "set", key: change.key, fields: words }, ...others];
}

// hasOnlyWords reports whether a change is what somebody wrote and chose of a
// clip, and nothing of what becomes of it.
function hasOnlyWords(change: Change): boolean {
  return change.kind === "set" && !["state", "start_s", "end_s"].some((name) => name in change.fields);
}
