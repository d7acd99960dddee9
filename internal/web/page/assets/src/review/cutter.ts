import { t } from "../messages";
import { type Span, hasPlayed } from "../played";
import type { Bench } from "./bench";
import { clock } from "./instant";
import { type Clip, type Fields, newKey, shortest } from "./model";
import type { Screen } from "./screen";

export type Edge = "start" | "end";

// Cutter gives clips other spans.
export class Cutter {
  constructor(
    private readonly bench: Bench,
    private readonly screen: Screen,
  ) {}

  // cut moves an edge of the chosen clip, and shows the picture there.
  cut(edge: Edge, to: (c: Clip) => number): void {
    const { bench, screen } = this;
    const c = bench.clip;
    if (!c || !bench.mayChange) return;
    const span: Span = [c.start_s, c.end_s];
    span[edge === "start" ? 0 : 1] = to(c);
    screen.pause();
    this.trim(c.key, span, edge);
    const now = bench.clip;
    if (now) screen.seek(edge === "start" ? now.start_s : screen.frame(now.end_s, -1));
  }

  // widen moves both edges of the chosen clip outwards by so many seconds.
  widen(by: number): void {
    const c = this.bench.clip;
    if (c) this.trim(c.key, [c.start_s - by, c.end_s + by], "both");
  }

  // trim gives a clip another span, within the film. One that was kept, and
  // becomes longer than what was played, is to be played and kept anew: that is
  // what the records say too.
  trim(key: string, [start, end]: Span, edge: Edge | "both"): void {
    const { bench, screen } = this;
    const c = bench.board.clips.get(key);
    if (!c || !bench.mayChange) return;
    start = Math.max(0, start);
    end = Math.min(bench.data.film.duration_s, end);
    if (end - start < shortest) {
      bench.say(t("review.live.too_short"));
      bench.render(); // the handle back to where the clip is
      return;
    }
    const fields: Partial<Fields> = {};
    if (start !== c.start_s) fields.start_s = start;
    if (end !== c.end_s) fields.end_s = end;
    if (Object.keys(fields).length === 0) return;
    let said = edge === "start" ? t("review.live.starts", { At: clock(start) }) : edge === "end" ? t("review.live.ends", { At: clock(end) }) : t("review.live.spans", { Start: clock(start), End: clock(end) });
    if (c.state === "kept" && !hasPlayed(bench.board.played, [start, end])) {
      fields.state = "suggested";
      said += " " + t("review.live.keep_anew");
    }
    bench.set(said, fields, key);
    if (key === bench.chosen) screen.reloop(start, end);
  }

  // split makes two clips of the chosen one, where the film stands.
  split(): void {
    const { bench } = this;
    const c = bench.clip;
    if (!c) return;
    const at = this.screen.time;
    if (at - c.start_s < shortest || c.end_s - at < shortest) {
      bench.say(t("review.live.no_split"));
      return;
    }
    bench.writing.end();
    const rest = newKey();
    const { key, end_s } = c;
    bench.do({
      said: t("review.live.split", { Name: bench.nameOf(c), At: clock(at) }),
      does: [{ kind: "split", key, at, rest }],
      undoes: [{ kind: "delete", key: rest }, { kind: "set", key, fields: { end_s } }],
      redoes: [{ kind: "set", key, fields: { end_s: at } }, { kind: "restore", key: rest }],
    });
  }
}
