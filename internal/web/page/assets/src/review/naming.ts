import { t } from "../messages";
import { type Clip, inRank } from "./model";

// Names say what clips are called: "Moment 3", "Moment 3, part 2", "Your own 1".
export class Names {
  private names = new Map<string, string>();
  private shorts = new Map<string, string>();

  constructor(clips: Iterable<Clip>) {
    let own = 0;
    const parts = new Map<string, number>();
    for (const c of inRank(clips)) {
      if (!c.moment) {
        own++;
        this.names.set(c.key, t("review.live.own", { Number: own }));
        this.shorts.set(c.key, t("review.live.own_short", { Number: own }));
        continue;
      }
      const n = (parts.get(c.moment) ?? 0) + 1;
      parts.set(c.moment, n);
      const name = t("review.live.moment", { Number: c.rank });
      this.names.set(c.key, n === 1 ? name : t("review.live.part", { Name: name, Part: n }));
      this.shorts.set(c.key, n === 1 ? String(c.rank) : `${c.rank}.${n}`);
    }
  }

  of(c: Clip): string {
    return this.names.get(c.key) ?? "";
  }

  short(c: Clip): string {
    return this.shorts.get(c.key) ?? "";
  }
}
