import type { Span } from "./film";

// merged returns spans in order, those that touch or overlap as one.
export function merged(spans: Span[]): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last && span.start <= last.end + 1e-3) last.end = Math.max(last.end, span.end);
    else out.push({ ...span });
  }
  return out;
}
