// The times of a film's frames, from frames.json.

export interface FramesFile {
  format: string;
  frames: number;
  time_base: [number, number];
  runs: [number, number][];
  start_s: { original: number; viewing_copy: number };
}

// rounding is what times in JSON may lie before the frame that they mean: they
// have milliseconds.
const rounding = 0.0005 + 1e-6;

// FrameIndex knows when each frame of a film is shown, in seconds from the first.
export class FrameIndex {
  readonly count: number;
  readonly start: { original: number; copy: number }; // when the first is shown on the clock of the <video>
  readonly #times: Float64Array;
  readonly #typical: number; // how long the median frame is shown

  constructor(file: FramesFile) {
    if (file.format !== "attune.frames/1") throw new Error(`frames are of format ${file.format}`);
    const [num, den] = file.time_base;
    const times = new Float64Array(file.frames);
    let n = 0;
    let units = 0;
    for (const [count, delta] of file.runs) {
      for (let i = 0; i < count; i++) {
        units += delta;
        times[++n] = (units * num) / den;
      }
    }
    if (n !== file.frames - 1) throw new Error(`${n + 1} frames, want ${file.frames}`);
    this.#times = times;
    this.count = file.frames;
    this.start = { original: file.start_s.original, copy: file.start_s.viewing_copy };
    const lengths = times.slice(1).map((t, i) => t - times[i]!);
    lengths.sort();
    this.#typical = lengths[lengths.length >> 1] ?? 0.04;
  }

  // time returns when frame n begins; of those beyond the ends, that of the first or last.
  time(n: number): number {
    return this.#times[Math.min(this.count - 1, Math.max(0, n))] ?? 0;
  }

  // end returns when frame n makes room for the next.
  end(n: number): number {
    return n + 1 < this.count ? this.time(n + 1) : this.time(this.count - 1) + this.#typical;
  }

  // at returns the frame that is shown at t.
  at(t: number): number {
    const times = this.#times;
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (times[middle]! <= t + rounding) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // nearest returns the frame that begins nearest to t.
  nearest(t: number): number {
    const n = this.at(t);
    return n + 1 < this.count && this.time(n + 1) - t < t - this.time(n) ? n + 1 : n;
  }

  // snap returns the beginning or end of a frame that is nearest to t: where a
  // span can be cut.
  snap(t: number): number {
    const last = this.end(this.count - 1);
    const begins = this.time(this.nearest(t));
    return last - t < Math.abs(t - begins) ? last : begins;
  }

  // typical is how long the median frame is shown.
  get typical(): number {
    return this.#typical;
  }
}
