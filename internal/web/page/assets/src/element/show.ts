// <attune-show> is the shared review: the clips of #show one by one in its
// <attune-player>, steered by keys, a presenter or the buttons in it (data-do).
// Nothing stands beside the picture that nobody asked for: the buttons go away
// while nobody moves, evidence and the client's words are fetched when they are
// opened. What the client said goes to the cycle as it is written.
import { clock } from "../clock";
import type { PlayerElement } from "../film";
import { t } from "../messages";

interface Review {
  film: { src: string; copy: boolean; frames: string; duration: number };
  clips: { start: number; end: number }[];
  evidence: string;
  cycle: string;
}

interface Moments {
  moments: { evidence?: { start_s: number; end_s: number; text: string }[] }[];
}

// Unsaved is what the client said as far as it could not be saved.
interface Unsaved {
  words: string;
  kept: string; // by the service, when that was written
}

class Refused extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

// stillFor is how long nobody moves before the buttons go away, in milliseconds.
const stillFor = 3000;
// pauseToSave is how long nobody writes before it is saved, and tryAgain how long
// until that is tried again, in milliseconds.
const pauseToSave = 700;
const tryAgain = 5000;
// assumed is how long a frame is taken to last where that is not known, in seconds.
const assumed = 0.04;

const speeds = [1, 0.5, 0.25];

class Show extends HTMLElement {
  private review!: Review;
  private player!: PlayerElement;
  private clip = 0;
  private ending = false; // the clip has come to its end
  private quiet = 0;
  private keyed = false; // what is done now was asked for by a key
  private back: HTMLElement | null = null; // what had the focus before something was opened
  private moments: Promise<Moments> | undefined;

  // What the client said: as the service has it, and since when it waits.
  private kept = "";
  private tag = "";
  private refused: string | undefined; // words that the service will not take
  private saving = 0;
  private busy: Promise<void> | null = null;

  connectedCallback(): void {
    const data = document.getElementById("show")?.textContent;
    const player = this.querySelector<PlayerElement>("attune-player");
    if (!data || !player) return;
    this.review = JSON.parse(data) as Review;
    this.player = player;
    const { src, copy, frames, duration } = this.review.film;
    player.film = { src, copy, frames, duration };
    player.addEventListener("ready", () => this.open(this.clip));
    player.addEventListener("time", () => this.stopAtEnd());
    player.addEventListener("state", (event) => {
      this.toggleAttribute("data-playing", event.detail.playing);
      this.moved();
    });
    this.addEventListener("click", this.clicked);
    // The picture toggles the film itself; at the end of a clip that is to begin anew.
    player.addEventListener("click", this.picked, { capture: true });
    document.addEventListener("keydown", this.pressed);
    for (const kind of ["pointermove", "pointerdown", "keydown"]) document.addEventListener(kind, this.moved);
    this.field?.addEventListener("input", this.wrote);
    window.addEventListener("pagehide", this.save);
    window.addEventListener("beforeunload", this.leaving);
    this.resume();
    this.count();
    this.moved();
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.pressed);
    for (const kind of ["pointermove", "pointerdown", "keydown"]) document.removeEventListener(kind, this.moved);
    window.removeEventListener("pagehide", this.save);
    window.removeEventListener("beforeunload", this.leaving);
    window.clearTimeout(this.quiet);
    window.clearTimeout(this.saving);
  }

  private piece<E extends HTMLElement = HTMLElement>(name: string): E | null {
    return this.querySelector<E>(`[data-part="${name}"]`);
  }

  private get field(): HTMLTextAreaElement | null {
    return this.piece<HTMLTextAreaElement>("said");
  }

  private get span(): { start: number; end: number } {
    return this.review.clips[this.clip] ?? { start: 0, end: this.player.duration };
  }

  // The picture.

  private open(number: number): void {
    this.clip = Math.min(this.review.clips.length - 1, Math.max(0, number));
    this.ending = false;
    this.player.pause();
    void this.player.seek(this.span.start);
    this.count();
    if (this.piece("evidence")?.hidden === false) void this.list();
  }

  private count(): void {
    const of = { Number: this.clip + 1, Count: this.review.clips.length };
    const count = this.piece("count");
    if (count) count.textContent = `${of.Number} / ${of.Count}`;
    this.tell(t("show.live.clip", of));
  }

  private tell(text: string): void {
    const status = this.piece("status");
    if (status) status.textContent = text;
  }

  // last is when the last frame of the clip begins.
  private get last(): number {
    const frames = this.player.frames;
    if (!frames) return Math.max(this.span.start, this.span.end - assumed);
    return frames.time(Math.max(frames.at(this.span.start), frames.nearest(this.span.end) - 1));
  }

  // stopAtEnd keeps the film from going on beyond the clip.
  private stopAtEnd(): void {
    if (!this.player.playing || this.player.time < this.last - 1e-4) return;
    this.player.pause();
    this.ending = true;
    void this.player.seek(this.last);
  }

  private play(): void {
    this.uncover();
    if (this.player.playing) {
      this.player.pause();
      return;
    }
    const again = this.ending || this.player.time >= this.last - 1e-4 || this.player.time < this.span.start - 0.5;
    this.ending = false;
    if (again) void this.player.seek(this.span.start).then(() => this.player.play());
    else void this.player.play();
  }

  private step(n: number): void {
    this.uncover();
    const to = this.player.time;
    if (n > 0 && to >= this.last - 1e-4) return;
    if (n < 0 && to <= this.span.start + 1e-4) return;
    this.ending = false;
    void this.player.step(n);
  }

  private slow(): void {
    const at = speeds.indexOf(this.player.rate);
    this.speed(speeds[(at + 1) % speeds.length] ?? 1);
  }

  private speed(rate: number): void {
    this.player.rate = rate;
    const shown = this.piece("rate");
    if (shown) shown.textContent = rate === 1 ? "1×" : rate === 0.5 ? "½×" : "¼×";
    this.tell(t(rate === 1 ? "show.live.speed_1" : rate === 0.5 ? "show.live.speed_2" : "show.live.speed_4"));
  }

  // hold leaves the picture alone on the screen.
  private hold(): void {
    const held = !this.hasAttribute("data-held");
    this.uncover();
    if (!held) {
      this.tell(t("show.live.back"));
      return;
    }
    this.player.pause();
    this.close();
    this.toggleAttribute("data-held", true);
    this.toggleAttribute("data-quiet", true);
    this.tell(t("show.live.held"));
  }

  private blank(): void {
    const cover = this.piece("blank");
    if (!cover) return;
    const blanked = cover.hidden;
    this.uncover();
    if (!blanked) {
      this.tell(t("show.live.back"));
      return;
    }
    this.player.pause();
    this.close();
    cover.hidden = false;
    this.toggleAttribute("data-quiet", true);
    this.tell(t("show.live.blanked"));
  }

  // uncover shows the picture, and what steers it.
  private uncover(): void {
    this.removeAttribute("data-held");
    const cover = this.piece("blank");
    if (cover) cover.hidden = true;
  }

  private get covered(): boolean {
    return this.hasAttribute("data-held") || this.piece("blank")?.hidden === false;
  }

  private full(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void this.requestFullscreen?.().catch(() => undefined); // some telephones have none
  }

  // What is asked for.

  private toggle(name: "words" | "evidence"): void {
    const side = this.piece(name);
    if (!side) return;
    const open = side.hidden;
    this.close();
    if (!open) return;
    this.uncover();
    this.back = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    side.hidden = false;
    this.expand(name, true);
    if (name === "words") void this.readWords();
    else void this.list();
  }

  private expand(name: string, open: boolean): void {
    this.querySelector(`[data-do="${name}"]`)?.setAttribute("aria-expanded", String(open));
  }

  // close closes what is open, and says whether anything was.
  private close(): boolean {
    let any = false;
    for (const name of ["words", "evidence"]) {
      const side = this.piece(name);
      if (!side || side.hidden) continue;
      any = true;
      if (name === "words") this.save();
      side.hidden = true;
      this.expand(name, false);
    }
    if (any && document.activeElement instanceof HTMLElement) document.activeElement.blur(); // else it gets keys for a moment more
    if (any) this.back?.focus();
    this.back = null;
    return any;
  }

  private async list(): Promise<void> {
    const list = this.piece("seen");
    if (!list) return;
    const { start, end } = this.span;
    try {
      this.moments ??= fetch(this.review.evidence).then((answer) => {
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        return answer.json() as Promise<Moments>;
      });
      const seen = (await this.moments).moments.flatMap((m) => m.evidence ?? []).filter((e) => e.start_s < end && e.end_s > start);
      const texts = new Set<string>();
      list.replaceChildren(
        ...seen
          .sort((a, b) => a.start_s - b.start_s)
          .filter((e) => !texts.has(e.text) && texts.add(e.text))
          .map((e) => this.sentence(e.text, Math.max(start, e.start_s))),
      );
      if (seen.length === 0) list.append(item(t("show.live.nothing_seen")));
    } catch {
      this.moments = undefined;
      list.replaceChildren(item(t("show.live.unseen")));
    }
    const first = list.querySelector<HTMLElement>("button") ?? this.piece("evidence")?.querySelector<HTMLElement>("button");
    first?.focus();
  }

  private sentence(text: string, at: number): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = `${text} (${t("show.live.from", { Time: clock(at) })})`;
    button.addEventListener("click", () => {
      this.player.pause();
      this.ending = false;
      void this.player.seek(at);
    });
    const li = document.createElement("li");
    li.append(button);
    return li;
  }

  // What the client said.

  private async readWords(): Promise<void> {
    const field = this.field;
    if (!field) return;
    // The key that opened it is not to be its first letter.
    if (this.keyed) document.addEventListener("keyup", () => field.focus(), { once: true });
    else field.focus();
    if (this.saving || this.busy) return; // what is there is newer
    try {
      const { words, tag } = await this.fetchWords();
      if (field.value !== this.kept) return; // written meanwhile
      this.kept = words;
      this.tag = tag;
      field.value = words;
    } catch {
      this.said(t("show.live.unsaved"));
    }
  }

  private async fetchWords(): Promise<{ words: string; tag: string }> {
    const answer = await fetch(this.review.cycle, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Refused(answer.status);
    const cycle = (await answer.json()) as { words?: string; etag: string };
    return { words: cycle.words ?? "", tag: cycle.etag };
  }

  private said(text: string): void {
    const saved = this.piece("saved");
    if (saved) saved.textContent = text;
  }

  // keep keeps with the tab what is not saved, and what it was written over. It
  // goes when it is saved.
  private keep(): void {
    const words = this.field?.value;
    if (words === undefined || words === this.kept) sessionStorage.removeItem(this.storage);
    else sessionStorage.setItem(this.storage, JSON.stringify({ words, kept: this.kept } satisfies Unsaved));
  }

  private get storage(): string {
    return `attune-words-${this.review.cycle}`;
  }

  // resume saves what an earlier visit of this tab could not.
  private resume(): void {
    const text = this.field && sessionStorage.getItem(this.storage);
    if (!text || !this.field) return;
    const { words, kept } = JSON.parse(text) as Unsaved;
    this.field.value = words;
    this.kept = kept;
    this.save();
  }

  // leaving asks whether to stay where what is written may not be saved any more:
  // one request can still be sent, by save, and only with the tag for it.
  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.field && this.field.value !== this.kept && (this.busy || this.tag === "" || this.field.value === this.refused)) event.preventDefault();
  };

  private readonly wrote = (): void => {
    this.keep();
    this.said(t("show.live.saving"));
    window.clearTimeout(this.saving);
    this.saving = window.setTimeout(this.save, pauseToSave);
  };

  private readonly save = (): void => {
    window.clearTimeout(this.saving);
    this.saving = 0;
    const field = this.field;
    if (!field || field.value === this.kept || field.value === this.refused) return;
    this.busy ??= this.send(field).finally(() => {
      this.busy = null;
      this.keep();
      if (field.value !== this.kept && field.value !== this.refused) this.saving = window.setTimeout(this.save, this.tag ? pauseToSave : tryAgain);
    });
  };

  private async send(field: HTMLTextAreaElement): Promise<void> {
    const words = field.value;
    try {
      if (!this.tag) {
        const now = await this.fetchWords();
        this.tag = now.tag;
        if (now.words !== this.kept) return this.merge(field, now.words);
      }
      const answer = await fetch(this.review.cycle, {
        method: "PATCH",
        headers: { "Content-Type": "application/json", "If-Match": this.tag },
        body: JSON.stringify({ words }),
        keepalive: true, // the page may be left
      });
      if (answer.status === 412) {
        const now = await this.fetchWords();
        this.tag = now.tag;
        return this.merge(field, now.words);
      }
      if ([400, 413, 422].includes(answer.status)) {
        this.refused = words; // the same again would be refused again
        this.said(((await answer.json()) as { error: { message: string } }).error.message);
        return;
      }
      if (!answer.ok) throw new Refused(answer.status);
      this.tag = ((await answer.json()) as { etag: string }).etag;
      this.kept = words;
      this.said(t("show.live.saved"));
    } catch (failure) {
      this.tag = "";
      this.said(t(failure instanceof Refused && failure.status === 401 ? "show.live.signed_out" : "show.live.unsaved"));
    }
  }

  // merge takes up what was written elsewhere: nothing is lost, and people sort
  // it out. Where only other things of the cycle changed there is nothing to do.
  private merge(field: HTMLTextAreaElement, theirs: string): void {
    if (theirs !== this.kept && theirs !== field.value && theirs !== "") {
      field.value = field.value === "" ? theirs : `${theirs}\n\n${field.value}`;
      this.said(t("show.live.outdated"));
    }
    this.kept = theirs;
  }

  // Hands.

  private readonly moved = (): void => {
    if (this.covered) return;
    this.removeAttribute("data-quiet");
    window.clearTimeout(this.quiet);
    this.quiet = window.setTimeout(() => {
      const open = this.querySelector(".show-side:not([hidden]), dialog[open]");
      if (this.player.playing && !open) this.toggleAttribute("data-quiet", true);
    }, stillFor);
  };

  private readonly picked = (event: Event): void => {
    event.stopPropagation();
    event.preventDefault();
    this.play();
  };

  private readonly clicked = (event: Event): void => {
    const target = event.target instanceof Element ? event.target : null;
    const command = target?.closest<HTMLElement>("[data-do]")?.dataset["do"];
    if (command) this.run(command);
    else if (target === this.piece("blank")) this.blank();
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (this.piece<HTMLDialogElement>("keys")?.open) return; // it closes itself
    if (event.key === "Escape") {
      if (this.covered) this.uncover();
      else this.close();
      this.moved();
      return;
    }
    const target = event.target;
    if (target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) return;
    if ((event.key === " " || event.key === "Enter") && target instanceof Element && target.closest("button, a")) return;
    const command = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!command) return;
    event.preventDefault();
    this.keyed = true;
    this.run(command);
    this.keyed = false;
  };

  private run(command: string): void {
    switch (command) {
      case "play":
        return this.play();
      case "back":
        return this.step(-1);
      case "on":
        return this.step(1);
      case "before":
      case "next":
      case "again":
        this.uncover();
        return this.open(this.clip + (command === "next" ? 1 : command === "before" ? -1 : 0));
      case "slow":
        return this.slow();
      case "full_speed":
        return this.speed(1);
      case "half_speed":
        return this.speed(0.5);
      case "quarter_speed":
        return this.speed(0.25);
      case "hold":
        return this.hold();
      case "blank":
        return this.blank();
      case "full":
        return this.full();
      case "words":
      case "evidence":
        return this.toggle(command);
      case "keys":
        this.uncover();
        return this.piece<HTMLDialogElement>("keys")?.showModal();
      case "close":
        this.close();
    }
  }
}

// keys are the commands by key; presenters send the keys of pages.
const keys: Record<string, string> = {
  " ": "play",
  ArrowLeft: "back",
  ArrowRight: "on",
  ArrowUp: "before",
  ArrowDown: "next",
  PageUp: "before",
  PageDown: "next",
  Home: "again",
  r: "again",
  s: "slow",
  "1": "full_speed",
  "2": "half_speed",
  "4": "quarter_speed",
  h: "hold",
  b: "blank",
  ".": "blank",
  f: "full",
  w: "words",
  e: "evidence",
  "?": "keys",
};

function item(text: string): HTMLElement {
  const li = document.createElement("li");
  li.textContent = text;
  return li;
}

customElements.define("attune-show", Show);
