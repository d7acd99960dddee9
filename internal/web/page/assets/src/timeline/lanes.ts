// The lanes of a timeline: in which order and how high they lie, and how they
// are drawn.
import { clock } from "../clock";
import type { Lane, Signals, Span } from "../film";
import { t } from "../messages";

// Band is a lane with its place, in rem from the top of the lanes.
export interface Band {
  lane: Lane;
  who: string; // whose it is, in short; "" where the kind says all
  times: Float64Array;
  values: Float32Array; // −1 is not seen
  top: number;
}

// Group is the lanes of one kind.
export interface Group {
  name: string;
  title: string;
  top: number;
  height: number;
  bands: Band[];
}

export const bandHeight = 0.875;
const bandGap = 0.125;
const groupGap = 0.375;

// titles are the kinds of lanes in words; a kind that is not known has its own.
function title(name: string): string {
  switch (name) {
    case "facing":
      return t("timeline.facing");
    case "mutual facing":
      return t("timeline.mutual_facing");
    case "smile":
      return t("timeline.smile");
    case "voice":
      return t("timeline.voice");
    case "movement":
      return t("timeline.movement");
  }
  return name;
}

// arrange puts lanes of a kind together, and returns how high all are.
export function arrange(signals: Signals): { groups: Group[]; height: number } {
  // "person at left" and "person 3" are left and 3 where there is little room.
  const labels = new Map(signals.people.map((p) => [p.id, p.label.replace(/^person (at )?/, "")]));
  const groups: Group[] = [];
  for (const lane of signals.lanes) {
    let group = groups.find((g) => g.name === lane.name);
    if (!group) groups.push((group = { name: lane.name, title: title(lane.name), top: 0, height: 0, bands: [] }));
    const [first] = lane.people;
    let who = first ? (labels.get(first) ?? first) : t("timeline.anybody");
    if (lane.name === "mutual facing") who = t("timeline.both");
    group.bands.push({
      lane,
      who,
      times: Float64Array.from(lane.points, (p) => p[0]),
      values: Float32Array.from(lane.points, (p) => p[1] ?? -1),
      top: 0,
    });
  }
  let top = groupGap;
  for (const group of groups) {
    group.top = top;
    for (const band of group.bands) {
      band.top = top;
      top += bandHeight + bandGap;
    }
    group.height = top - bandGap - group.top;
    top += groupGap;
  }
  return { groups, height: top };
}

// columns fills into with the largest value seen in each column of 1/scale
// seconds from the time from on, −1 where nothing was seen: a glance of a third of
// a second must not vanish in an hour.
export function columns(band: Band, from: number, scale: number, duration: number, into: Float32Array): void {
  into.fill(-1);
  const { times, values } = band;
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= from) low = middle + 1;
    else high = middle;
  }
  const until = from + into.length / scale;
  for (let i = Math.max(0, low - 1); i < times.length && times[i]! < until; i++) {
    const value = values[i]!;
    if (value < 0) continue;
    const start = Math.max(0, Math.floor((times[i]! - from) * scale));
    const end = Math.min(into.length, Math.max(start + 1, Math.floor(((times[i + 1] ?? duration) - from) * scale)));
    for (let c = start; c < end; c++) if (value > into[c]!) into[c] = value;
  }
}

// Paint is what a lane is drawn with.
export interface Paint {
  ground: string;
  line: string;
  quiet: string;
  strong: string;
  fill: string;
  hatch: CanvasPattern | string;
  font: string;
}

// draw draws one band at the given place of a canvas, all in pixels.
export function draw(to: CanvasRenderingContext2D, band: Band, values: Float32Array, width: number, top: number, height: number, paint: Paint): void {
  to.fillStyle = paint.ground;
  to.fillRect(0, top, width, height);
  for (let from = 0; from < width; ) {
    const value = values[from]!;
    let end = from + 1;
    while (end < width && values[end] === value) end++;
    if (value < 0) {
      to.fillStyle = paint.hatch;
      to.fillRect(from, top, end - from, height);
    } else if (value > 0) {
      to.fillStyle = band.lane.name === "mutual facing" ? paint.strong : paint.fill;
      const high = Math.max(1, value * height);
      to.fillRect(from, top + height - high, end - from, high);
    }
    from = end;
  }
}

// steps are the distances of marks that people are used to, in seconds.
const steps = [0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

// marks returns where the ruler has marks between two times, with their labels,
// at least room seconds apart.
export function marks(from: number, until: number, room: number): { time: number; label: string }[] {
  const step = steps.find((s) => s >= room) ?? steps.at(-1)!;
  const found = [];
  for (let n = Math.max(0, Math.ceil(from / step)); n * step < until; n++) {
    found.push({ time: n * step, label: clock(n * step, step < 1 ? 1 : 0) });
  }
  return found;
}

// above returns when a lane was at half or above: when it was so, in words.
export function above(band: Band, duration: number): Span[] {
  const found: Span[] = [];
  for (let i = 0; i < band.times.length; i++) {
    if (band.values[i]! < 0.5) continue;
    const span = { start: band.times[i]!, end: band.times[i + 1] ?? duration };
    const last = found.at(-1);
    if (last && span.start - last.end < 1) last.end = span.end; // a blink is no end
    else if (span.end > span.start) found.push(span);
  }
  return found;
}
