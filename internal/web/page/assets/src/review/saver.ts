import type { Change } from "./board";
import { type Span, join, longest } from "../played";
import { type ClipData, type ReviewData, fieldsOf, same } from "./model";

// Saver sends changes to the service, one after the other, each as soon as it is
// made. What cannot be sent now waits, and is sent when the network is back: it
// is kept with the tab, so that not even loading the page again loses it.
//
// Each change names the version that this tab has seen, so that another tab's is
// never overwritten; and a request whose answer was lost makes nothing twice.

export type Standing =
  | "saved"
  | "saving"
  | "offline" // the service is not reached; what waits is sent when it is
  | "signed-out"; // it waits until somebody signed in again

export interface Refusal {
  change: Change;
  mine: Change[]; // what of this tab was not saved because of it
  outdated: boolean; // somebody else was first
  message: string; // of the service, for people
}

export interface SaverEvents {
  standing(now: Standing): void;
  // A change was saved, and this is what the service made of it.
  saved(key: string, clip: ClipData): void;
  // A change was not taken; review is how things stand.
  refused(refusal: Refusal, review: ReviewData): void;
}

interface Version {
  id: string;
  etag: string;
}

interface Kept {
  waiting: Change[];
  versions: [string, Version][];
  order: string;
  played: Span[];
}

// How long is waited before the next try, in milliseconds: long enough not to
// burden a service that is beginning again, short enough for somebody who waits.
const patience = [1000, 2000, 5000, 10_000];

export class Saver {
  private waiting: Change[] = [];
  private versions = new Map<string, Version>();
  private order = "";
  private played: Span[] = []; // that the service was not told of yet
  private running = false;
  private tried: Change | undefined; // was sent once, so the service may have it
  private failures = 0;
  private saves = 0;
  private timer = 0;
  private now: Standing = "saved";

  constructor(
    private readonly film: string,
    private readonly events: SaverEvents,
  ) {
    addEventListener("online", () => this.again());
  }

  // read takes over the versions of the review as the service tells it.
  read(review: ReviewData): void {
    for (const c of review.clips) {
      const key = this.keyOf(c.id);
      // What waits was made of the version that was seen then, and is asked about.
      if (!this.waitsFor(key)) this.versions.set(key, { id: c.id, etag: c.etag });
    }
    this.order = review.order.etag;
  }

  keyOf(id: string): string {
    for (const [key, v] of this.versions) if (v.id === id) return key;
    return id;
  }

  // idOf is the id of a clip; "" while the service does not know it.
  idOf(key: string): string {
    return this.versions.get(key)?.id ?? "";
  }

  // pending are the changes that the service does not have yet.
  get pending(): readonly Change[] {
    return this.waiting;
  }

  // count goes up with every change that is made here, and so tells whether what
  // was asked for before it is still how things stand.
  get count(): number {
    return this.saves;
  }

  get idle(): boolean {
    return this.waiting.length === 0 && !this.running;
  }

  waitsFor(key: string): boolean {
    return this.waiting.some((c) => c.kind !== "order" && c.key === key);
  }

  // resume sends what an earlier visit of this tab left behind, and returns
  // whether there was something.
  resume(): boolean {
    const text = sessionStorage.getItem(this.storage);
    if (!text) return false;
    const kept = JSON.parse(text) as Kept;
    if (kept.waiting.length === 0 && kept.played.length === 0) return false;
    this.waiting = kept.waiting;
    this.tried = this.waiting[0];
    this.played = kept.played;
    this.recall(kept);
    void this.run();
    return true;
  }

  // recall takes over which clips the keys of an earlier visit are. What waits is
  // of the version that was seen then; all else is as it was read with the page.
  private recall(kept: Kept): void {
    const waits = new Set(kept.waiting.flatMap((c) => (c.kind === "order" ? [] : c.kind === "split" ? [c.key, c.rest] : [c.key])));
    for (const [key, version] of kept.versions) {
      const fresh = this.versions.get(version.id);
      if (waits.has(key)) this.versions.set(key, version);
      else if (fresh) this.versions.set(key, fresh);
      if (key !== version.id) this.versions.delete(version.id);
    }
    if (kept.waiting.some((c) => c.kind === "order")) this.order = kept.order;
  }

  save(...changes: Change[]): void {
    this.saves++;
    for (const change of changes) this.add(change);
    this.keep();
    void this.run();
  }

  private add(change: Change): void {
    const last = this.waiting.at(-1);
    // Of typing and dragging the last is enough, unless it was sent already: where
    // the answer was lost, it can be told to be done only as it was sent.
    if (last && last !== this.tried && change.kind === "set" && last.kind === "set" && last.key === change.key) {
      last.fields = { ...last.fields, ...change.fields };
      return;
    }
    this.waiting.push(structuredClone(change));
  }

  // play notes what was played; it is told with the next change, or by tell.
  play(span: Span): void {
    this.played = join(this.played, span);
  }

  // tell tells the service what was played. It may be asked for as the page goes.
  async tell(): Promise<void> {
    if (this.played.length === 0 || this.running) return;
    const played = longest(this.played);
    try {
      const answer = await this.ask("POST", `films/${this.film}/played`, { played: sent(played) });
      if (answer.ok) this.played = without(this.played, played);
    } catch {
      // It is told again, with the next change or the next time.
    }
    this.keep();
  }

  // fetch asks how things stand.
  async fetch(): Promise<ReviewData | undefined> {
    try {
      const answer = await this.ask("GET", `films/${this.film}/clips`);
      return answer.ok ? ((await answer.json()) as ReviewData) : undefined;
    } catch {
      return undefined;
    }
  }

  private again(): void {
    clearTimeout(this.timer);
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.waiting.length > 0) {
      this.stand("saving");
      const change = this.waiting[0]!;
      let status: number;
      try {
        status = await this.send(change);
      } catch {
        status = 0; // the network
      }
      if (status === 0 || status === 401 || status === 408 || status === 429 || status >= 500) {
        this.stand(status === 401 ? "signed-out" : "offline");
        this.timer = window.setTimeout(() => this.again(), patience[Math.min(this.failures, patience.length - 1)]);
        this.failures++;
        this.running = false;
        return;
      }
      this.failures = 0;
      this.keep();
    }
    this.running = false;
    this.stand("saved");
  }

  private stand(now: Standing): void {
    if (now === this.now) return;
    this.now = now;
    this.events.standing(now);
  }

  // send sends the first change that waits, and returns what status it came to.
  // It throws where there was no answer.
  private async send(change: Change): Promise<number> {
    const played = longest(this.played);
    this.tried = change;
    const answer = await this.request(change, played);
    if (answer.ok) {
      this.waiting.shift();
      if (change.kind === "set" || change.kind === "add") this.played = without(this.played, played);
      await this.took(change, answer);
    } else if (answer.status >= 400 && answer.status < 500 && ![401, 408, 429].includes(answer.status)) {
      await this.refused(change, answer);
    }
    return answer.status;
  }

  private request(change: Change, played: Span[]): Promise<Response> {
    const told = played.length > 0 ? { played: sent(played) } : {};
    if (change.kind === "order") {
      const clips = change.keys.map((key) => this.idOf(key));
      return this.ask("PUT", `films/${this.film}/order`, { clips }, this.order);
    }
    if (change.kind === "add") {
      return this.ask("POST", `films/${this.film}/clips`, { request: change.key, ...rounded(change.fields), ...told });
    }
    const { id, etag } = this.versions.get(change.key) ?? { id: "unknown", etag: "*" };
    switch (change.kind) {
      case "set":
        return this.ask("PATCH", `clips/${id}`, { ...rounded(change.fields), ...told }, etag);
      case "split":
        return this.ask("POST", `clips/${id}/split`, { at_s: micro(change.at), request: change.rest }, etag);
      case "delete":
        return this.ask("DELETE", `clips/${id}`, undefined, etag);
      case "restore":
        return this.ask("POST", `clips/${id}/restore`, undefined, etag);
    }
  }

  private async took(change: Change, answer: Response): Promise<void> {
    if (change.kind === "order") {
      this.order = ((await answer.json()) as { etag: string }).etag;
      return;
    }
    if (change.kind === "split") {
      const { clips } = (await answer.json()) as { clips: [ClipData, ClipData] };
      this.know(change.key, clips[0]);
      this.know(change.rest, clips[1]);
      return;
    }
    this.know(change.key, (await answer.json()) as ClipData);
  }

  // know notes which version of a clip there is. One that was made before the
  // page was loaded again, and whose answer was lost, was read with its id for a
  // key meanwhile.
  private know(key: string, clip: ClipData): void {
    if (key !== clip.id) this.versions.delete(clip.id);
    this.versions.set(key, { id: clip.id, etag: clip.etag });
    this.events.saved(key, clip);
  }

  // refused: the service will not take the change. Unless that is because it has
  // it already, and only the answer was lost, whoever made it is told.
  private async refused(change: Change, answer: Response): Promise<void> {
    const outdated = answer.status === 412;
    const message = await said(answer);
    const review = await this.fetch();
    if (!review) throw new Error("no answer"); // as if it had not been sent
    if (outdated && (await this.hasAlready(change))) {
      this.waiting.shift();
      return;
    }
    // What was to follow was made of what is not so.
    const mine = following(change, this.waiting);
    this.waiting = this.waiting.filter((c) => !mine.includes(c));
    this.read(review);
    this.events.refused({ change, mine, outdated, message }, review);
  }

  // hasAlready reports whether the service has a clip as a change would make it.
  private async hasAlready(change: Change): Promise<boolean> {
    if (change.kind !== "set" && change.kind !== "delete" && change.kind !== "restore") return false;
    const answer = await this.ask("GET", `clips/${this.idOf(change.key)}`);
    if (!answer.ok) return false;
    const now = (await answer.json()) as ClipData;
    const deleted = now.deleted ?? false;
    // One that is deleted is in no review: this is all that is told of it.
    if (deleted) this.versions.set(change.key, { id: now.id, etag: now.etag });
    const has =
      change.kind === "set" ? !deleted && same(now, { ...fieldsOf(now), ...change.fields }) : deleted === (change.kind === "delete");
    if (has) this.know(change.key, now);
    return has;
  }

  private ask(method: string, path: string, body?: unknown, etag?: string): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (etag) headers["If-Match"] = etag;
    const request: RequestInit = { method, headers, keepalive: method !== "GET", cache: "no-store", redirect: "error" };
    if (body !== undefined) request.body = JSON.stringify(body);
    return fetch(`/api/v1/${path}`, request);
  }

  private get storage(): string {
    return `attune-review-${this.film}`;
  }

  // keep keeps with the tab what waits. It goes when all is saved.
  private keep(): void {
    if (this.waiting.length === 0 && this.played.length === 0) {
      sessionStorage.removeItem(this.storage);
      return;
    }
    const kept: Kept = { waiting: this.waiting, versions: [...this.versions], order: this.order, played: this.played };
    sessionStorage.setItem(this.storage, JSON.stringify(kept));
  }
}

// following are a change and what was made of it later: of its clip, of clips
// that were split off that, and the order of the reel.
function following(change: Change, waiting: readonly Change[]): Change[] {
  const touched = new Set(change.kind === "order" ? [] : [change.key]);
  return waiting.filter((c) => {
    if (c !== change && c.kind !== "order" && !touched.has(c.key)) return false;
    if (c.kind === "split") touched.add(c.rest);
    return true;
  });
}

// said is what the service says, for people.
async function said(answer: Response): Promise<string> {
  try {
    return ((await answer.json()) as { error: { message: string } }).error.message;
  } catch {
    return "";
  }
}

function sent(played: Span[]): Span[] {
  return played
    .map(([start, end]) => [micro(start), micro(end)] as Span)
    .filter(([start, end]) => end > start);
}

// micro is how times are told: to the microsecond, and never beyond the frame
// that they are the beginning of, which would then not be in the clip.
function micro(s: number): number {
  return Math.max(0, Math.floor(s * 1e6 + 1e-3) / 1e6);
}

function rounded<F extends { start_s?: number; end_s?: number }>(fields: F): F {
  const told = { ...fields };
  if (told.start_s !== undefined) told.start_s = micro(told.start_s);
  if (told.end_s !== undefined) told.end_s = micro(told.end_s);
  return told;
}

// without leaves of what was played what was not told.
function without(played: Span[], told: Span[]): Span[] {
  return played.filter(([start, end]) => !told.some(([a, b]) => a <= start && end <= b));
}
