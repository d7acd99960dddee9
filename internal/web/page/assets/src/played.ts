// What was played of a film or a reel, and whether that is enough of it.

export type Span = [start: number, end: number];

// Times are told to the millisecond, so spans that touch may be that far apart.
export const joint = 0.0015;

// join adds a span to spans that are in order and apart.
export function join(spans: Span[], more: Span): Span[] {
  const all = [...spans, more].sort((a, b) => a[0] - b[0]);
  const apart: Span[] = [];
  for (const [start, end] of all) {
    const last = apart.at(-1);
    if (last && start <= last[1] + joint) last[1] = Math.max(last[1], end);
    else apart.push([start, end]);
  }
  return apart;
}

// unplayed returns how much of a span was not played, and where the first of it
// begins.
export function unplayed(played: Span[], [start, end]: Span): { missing: number; from: number } {
  let missing = end - start;
  let from = start;
  for (const [a, b] of played) {
    missing -= Math.max(0, Math.min(b, end) - Math.max(a, start));
    if (a <= from + joint && b > from) from = b;
  }
  return { missing, from: Math.min(from, end) };
}

// hasPlayed is the rule of the records, which decide in the end: a second or a
// tenth may be missing, whichever is more, and never more than half.
export function hasPlayed(played: Span[], span: Span): boolean {
  const length = span[1] - span[0];
  return unplayed(played, span).missing <= Math.min(Math.max(1, length / 10), length / 2) + joint;
}

// The service takes a hundred spans at once; the longest are told first.
const mostSpans = 100;

export function longest(played: Span[]): Span[] {
  return [...played].sort((a, b) => b[1] - b[0] - (a[1] - a[0])).slice(0, mostSpans);
}
