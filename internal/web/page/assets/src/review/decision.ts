import { t } from "../messages";
import { hasPlayed, unplayed } from "../played";
import type { Bench } from "./bench";
import type { Screen } from "./screen";

// Decision is what becomes of the chosen clip: kept, set aside, or neither; and
// the way back from every step.
export class Decision {
  constructor(
    private readonly bench: Bench,
    private readonly screen: Screen,
  ) {}

  // keep keeps the clip, if it was played; else it plays what is missing.
  keep(): void {
    const { bench } = this;
    const c = bench.clip;
    if (!c || !bench.mayChange) return;
    if (c.state === "kept") {
      bench.set(t("review.live.unkept", { Name: bench.nameOf(c) }), { state: "suggested" });
      return;
    }
    const { played } = bench.board;
    if (!hasPlayed(played, [c.start_s, c.end_s])) {
      const { missing, from } = unplayed(played, [c.start_s, c.end_s]);
      bench.say(t("review.live.play_first", { Seconds: Math.max(1, Math.round(missing)) }));
      if (!this.screen.playing) this.screen.play(c, from);
      return;
    }
    bench.set(t("review.live.kept", { Name: bench.nameOf(c) }), { state: "kept" });
  }

  setAside(): void {
    const { bench } = this;
    const c = bench.clip;
    if (!c) return;
    if (c.state === "set_aside") bench.set(t("review.live.unaside", { Name: bench.nameOf(c) }), { state: "suggested" });
    else bench.set(t("review.live.set_aside", { Name: bench.nameOf(c) }), { state: "set_aside" });
  }

  turn(way: "undo" | "redo"): void {
    const { bench } = this;
    const { board, saver } = bench;
    bench.writing.end();
    const turned = way === "undo" ? board.undo() : board.redo();
    if (!turned) {
      bench.say(way === "undo" ? t("review.live.no_undo") : t("review.live.no_redo"));
      return;
    }
    const { step, changes } = turned;
    saver.save(...changes);
    const touched = changes.map((c) => (c.kind === "order" ? "" : c.key)).find((key) => key && !board.clips.get(key)?.deleted);
    if (touched) bench.chosen = touched;
    bench.render();
    bench.say(way === "undo" ? t("review.live.undone", { What: step.said }) : t("review.live.redone", { What: step.said }));
  }
}
