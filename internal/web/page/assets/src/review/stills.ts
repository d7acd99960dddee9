import type { Clip, Moment } from "./model";
import type { Screen } from "./screen";

// Stills are the pictures of clips: those of the analysis, and where it has none,
// what was drawn here when it was seen.
export class Stills {
  private readonly drawn = new Map<string, string>();

  constructor(
    private readonly moments: readonly Moment[],
    private readonly screen: Screen,
  ) {}

  // of is the address of a clip's picture; "" where there is none.
  of(c: Clip): string {
    return this.moments.find((m) => m.id === c.moment)?.still ?? this.drawn.get(c.key) ?? "";
  }

  // draw makes a picture of a clip that has none, if it is on the screen, and
  // returns whether it did.
  draw(c: Clip | undefined): boolean {
    if (!c || this.of(c)) return false;
    const picture = this.screen.picture(c);
    if (picture) this.drawn.set(c.key, picture);
    return picture !== "";
  }
}
