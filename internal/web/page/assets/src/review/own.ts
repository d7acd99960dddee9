import { t } from "../messages";
import { type Span, hasPlayed, join } from "../played";
import type { Bench } from "./bench";
import { clock } from "./instant";
import { type Fields, newKey, shortest } from "./model";
import type { Screen } from "./screen";

// What comes of clips that a guider makes and deletes.
export interface OwnEvents {
  added(): void;
  deleted(): void;
}

// Own are the clips of the guider's own: what the analysis did not find.
export class Own {
  private from: number | null = null;

  constructor(
    private readonly bench: Bench,
    private readonly screen: Screen,
    private readonly events: OwnEvents,
  ) {}

  // begun is where a clip in the making begins; null while none is.
  get begun(): number | null {
    return this.from;
  }

  // begin begins one where the film stands.
  begin(): void {
    if (!this.screen.playable) return;
    this.from = this.screen.time;
    this.bench.say(t("review.live.begins", { At: clock(this.from) }));
    this.bench.render();
  }

  // drop makes none of what was begun.
  drop(): void {
    if (this.from === null) return;
    this.from = null;
    this.bench.render();
  }

  // end ends it where the film stands, and keeps it if it was played.
  end(): void {
    const { bench, screen } = this;
    if (this.from === null) {
      bench.say(t("review.live.no_begin"));
      return;
    }
    const to = screen.end;
    const span: Span = [Math.min(this.from, to), Math.max(this.from, to)];
    if (span[1] - span[0] < shortest) {
      bench.say(t("review.live.too_short"));
      return;
    }
    this.from = null;
    // The player tells what was played a little later.
    for (const one of screen.played) {
      bench.board.played = join(bench.board.played, one);
      bench.saver.play(one);
    }
    const kept = hasPlayed(bench.board.played, span);
    const key = newKey();
    const fields: Fields = { state: kept ? "kept" : "suggested", start_s: span[0], end_s: span[1], tags: [], goal: "", note: "" };
    bench.writing.end();
    bench.choose(key);
    bench.do({
      said: kept ? t("review.live.added_kept") : t("review.live.added"),
      does: [{ kind: "add", key, fields }],
      undoes: [{ kind: "delete", key }],
      redoes: [{ kind: "restore", key }],
    });
    this.events.added();
  }

  // remove deletes the chosen clip.
  remove(): void {
    const { bench } = this;
    const c = bench.clip;
    if (!c || !bench.mayChange) return;
    if (!c.by_hand) {
      bench.say(t("review.live.not_deleted"));
      return;
    }
    const { list } = bench.board;
    const at = list.findIndex((one) => one.key === c.key);
    const next = list[at + 1] ?? list[at - 1];
    const { key } = c;
    bench.do({
      said: t("review.live.deleted", { Name: bench.nameOf(c) }),
      does: [{ kind: "delete", key }],
      undoes: [{ kind: "restore", key }],
    });
    bench.chosen = next?.key ?? "";
    bench.render();
    this.events.deleted();
  }
}
