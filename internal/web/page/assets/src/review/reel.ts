import { t } from "../messages";
import type { Bench } from "./bench";

// Reel is the order of the clips that are kept.
export class Reel {
  constructor(private readonly bench: Bench) {}

  // move moves a clip so many places on.
  move(key: string, by: number): void {
    const at = this.keys.indexOf(key);
    if (at < 0) {
      this.bench.say(t("review.live.not_in_reel"));
      return;
    }
    this.place(key, at + by);
  }

  // placeAt moves a clip to the place of another.
  placeAt(key: string, other: string): void {
    this.place(key, this.keys.indexOf(other));
  }

  private place(key: string, to: number): void {
    const { bench } = this;
    const was = this.keys;
    const at = was.indexOf(key);
    if (at < 0 || to < 0 || to >= was.length || to === at) return;
    const keys = was.filter((one) => one !== key);
    keys.splice(to, 0, key);
    bench.do({
      said: t("review.live.moved", { Name: bench.nameOf(bench.board.clips.get(key)!), Place: to + 1, Count: was.length }),
      does: [{ kind: "order", keys }],
      undoes: [{ kind: "order", keys: was }],
    });
  }

  private get keys(): string[] {
    return this.bench.board.reel.map((c) => c.key);
  }
}
