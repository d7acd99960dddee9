import { t } from "../messages";
import type { Bench } from "./bench";
import { same } from "./model";

// Others are the other windows that have the same review: this one tells them
// when it has saved something, and takes over what they have.
export class Others {
  private readonly channel: BroadcastChannel | undefined;

  constructor(private readonly bench: Bench) {
    if (typeof BroadcastChannel === "undefined") return;
    this.channel = new BroadcastChannel(`attune-review-${bench.data.film.id}`);
    this.channel.addEventListener("message", () => void this.refresh());
  }

  tell(): void {
    this.channel?.postMessage("saved");
  }

  close(): void {
    this.channel?.close();
  }

  // refresh takes over what was done in another window.
  async refresh(): Promise<void> {
    const { bench } = this;
    const { board, saver, writing } = bench;
    if (!saver.idle || writing.open || writing.waits) return;
    const { count } = saver;
    const review = await saver.fetch();
    // What was saved meanwhile may not be in it.
    if (saver.count !== count) return this.refresh();
    if (!review || !saver.idle || writing.open) return;
    const before = bench.copy();
    const order = board.reel.map((c) => c.key).join();
    bench.take(review);
    const changed = new Set<string>();
    for (const key of new Set([...before.keys(), ...board.clips.keys()])) {
      const was = before.get(key);
      const is = board.clips.get(key);
      if (!was || !is || was.deleted !== is.deleted || !same(was, is)) changed.add(key);
    }
    const reordered = order !== board.reel.map((c) => c.key).join();
    if (changed.size === 0 && !reordered) return;
    board.forget(changed, true);
    bench.render();
    bench.say(t("review.live.refreshed"));
  }
}
