// <attune-timeline>: what was measured over time, and the clips above it. What
// it takes and tells is described at TimelineElement in ../film.
//
// The film is as wide as it is long, in a box that the browser itself scrolls:
// so it moves with the finger whatever else is being done, and by every way of
// scrolling that people have. The lanes are drawn on tiles that move with it,
// and only those in sight are there.
import { clock } from "../clock";
import type { Signals, Span, TimelineClip, TimelineElement, TimelineEvents } from "../film";
import type { FrameIndex } from "../frames";
import { t } from "../messages";
import { above, arrange, bandHeight, type Band, columns, draw, type Group, marks, type Paint } from "../timeline/lanes";

// tile is how wide a tile is, in CSS pixels.
const tile = 1024;

// closest is the most pixels that a second takes: a frame can then be pointed at.
const closest = 400;

// The rows above the lanes, in rem.
const rulerHeight = 1.5;
const clipsHeight = 2.5;

// margin is the room beside the film for a handle at its beginning or end, in
// rem; as in ../part/timeline.css.
const margin = 1.5;

// listed is how many stretches of a lane are read out.
const listed = 12;

class Timeline extends HTMLElement implements TimelineElement {
  readonly #scroll = made("div", "timeline-scroll");
  readonly #room = made("div", "timeline-room");
  readonly #inner = made("div", "timeline-film");
  readonly #tiles = made("div", "timeline-tiles");
  readonly #names = made("div", "timeline-names");
  readonly #bars = made("div", "timeline-clips");
  readonly #spans = made("div", "timeline-spans"); // played, evidence, marked
  readonly #head = made("div", "timeline-head");
  readonly #handles = { start: made("div", "timeline-handle"), end: made("div", "timeline-handle") };
  readonly #extent = made("output", "timeline-extent");
  readonly #table = made("div", "timeline-words");
  #parts = new Map<number, HTMLCanvasElement>();

  #film: TimelineElement["film"] = null;
  #opened = 0;
  #signals: Signals | null = null;
  #groups: Group[] = [];
  #bands: Band[] = [];
  #lanesHeight = 0; // rem
  #frames: FrameIndex | null = null;
  #clips: TimelineClip[] = [];
  #selected: string | null = null;
  #time = 0;
  #marked: TimelineElement["marked"] = null;
  #played: Span[] = [];
  #evidence: Span[] = [];

  #width = 0; // of the box without its margins, in pixels
  #pad = 0; // of one margin
  #scale = 0; // pixels a second
  #rem = 16;
  #paint: Paint | null = null;
  #due = false;
  #moved = 0; // when somebody scrolled last
  #ours = false; // the next scrolling is ours
  #trimming: { id: string; edge: "start" | "end" } | null = null;
  readonly #sized = new ResizeObserver(() => this.#resize());
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");

  connectedCallback(): void {
    if (!this.firstElementChild) this.#build();
    this.#sized.observe(this.#scroll);
    this.#dark.addEventListener("change", this.#recolour);
    this.#resize();
  }

  disconnectedCallback(): void {
    this.#sized.disconnect();
    this.#dark.removeEventListener("change", this.#recolour);
  }

  // What it shows.

  get film(): TimelineElement["film"] {
    return this.#film;
  }

  set film(film: TimelineElement["film"]) {
    this.#film = film;
    this.#scale = 0;
    this.#time = 0;
    this.#take(null);
    const opened = ++this.#opened;
    void read(film?.signals ?? null).then((signals) => {
      if (opened === this.#opened && signals) this.#take(signals);
    });
  }

  #take(signals: Signals | null): void {
    this.#signals = signals;
    const { groups, height } = signals ? arrange(signals) : { groups: [], height: 0 };
    this.#groups = groups;
    this.#bands = groups.flatMap((g) => g.bands);
    this.#lanesHeight = height;
    this.#lay();
    this.#sayLanes();
    this.#resize();
  }

  get frames(): FrameIndex | null {
    return this.#frames;
  }

  set frames(frames: FrameIndex | null) {
    this.#frames = frames;
  }

  get clips(): TimelineClip[] {
    return this.#clips;
  }

  set clips(clips: TimelineClip[]) {
    this.#clips = [...clips].sort((a, b) => a.start - b.start);
    this.#putClips();
  }

  get selected(): string | null {
    return this.#selected;
  }

  set selected(id: string | null) {
    this.#selected = id;
    this.#putClips();
  }

  get time(): number {
    return this.#time;
  }

  set time(time: number) {
    const before = this.#time;
    this.#time = Math.min(this.#duration, Math.max(0, time));
    this.#putHead();
    this.#follow(before);
    if (this.#marked?.end === null) this.#putSpans();
  }

  get marked(): TimelineElement["marked"] {
    return this.#marked;
  }

  set marked(marked: TimelineElement["marked"]) {
    this.#marked = marked;
    this.#putSpans();
  }

  get played(): Span[] {
    return this.#played;
  }

  set played(played: Span[]) {
    this.#played = played;
    this.#putSpans();
  }

  get evidence(): Span[] {
    return this.#evidence;
  }

  set evidence(evidence: Span[]) {
    this.#evidence = evidence;
    this.#putSpans();
  }

  get #duration(): number {
    return this.#film?.duration ?? 0;
  }

  // What is in sight.

  get view(): Span {
    if (!this.#scale) return { start: 0, end: this.#duration };
    const start = this.#scroll.scrollLeft / this.#scale;
    return { start, end: Math.min(this.#duration, start + this.#width / this.#scale) };
  }

  show(span: Span): void {
    const { start, end } = this.view;
    const share = (span.end - span.start) / (end - start);
    const fits = share > 0.1 && share < 0.6;
    if (fits && span.start >= start && span.end <= end) return;
    if (!fits) this.#setScale(Math.min(this.#width / (3 * Math.max(span.end - span.start, 1)), closest), this.#width / 2);
    this.#scrollTo((span.start + span.end) / 2, this.#width / 2);
  }

  zoom(factor: number): void {
    const at = (this.#time - this.view.start) * this.#scale;
    this.#zoom(factor, at >= 0 && at <= this.#width ? at : this.#width / 2);
  }

  showAll(): void {
    this.#setScale(0, 0);
  }

  // zoom changes how close it is, about a place in the box, and brings what was
  // there to another.
  #zoom(factor: number, at: number, to = at): void {
    this.#setScale(this.#scale * factor, at, to);
  }

  #setScale(scale: number, at: number, to = at): void {
    if (!this.#duration || !this.#width) return;
    const whole = this.#width / this.#duration;
    const next = Math.min(Math.max(scale, whole), Math.max(whole, closest));
    const time = this.#scale ? (this.#scroll.scrollLeft + at) / this.#scale : 0;
    if (next !== this.#scale) {
      this.#scale = next;
      this.#inner.style.width = `${next * this.#duration}px`;
      this.#clear();
    }
    this.#putHead(); // or it makes the box wider than the film
    this.#scrollTo(time, to);
    this.#redraw();
  }

  // scrollTo brings a time to a place in the box.
  #scrollTo(time: number, at: number): void {
    const to = Math.round(time * this.#scale - at);
    if (Math.abs(to - this.#scroll.scrollLeft) < 1) return;
    this.#ours = true;
    this.#scroll.scrollLeft = to;
  }

  // follow keeps the playhead in sight while the film plays or was sought in, but
  // not where somebody has scrolled away from it.
  #follow(before: number): void {
    const { start, end } = this.view;
    if (!this.#scale || (this.#time >= start && this.#time <= end)) return;
    const wasThere = before >= start && before <= end;
    const jumped = Math.abs(this.#time - before) > 0.5;
    if ((wasThere || jumped) && performance.now() - this.#moved > 1500) this.#scrollTo(this.#time, this.#width / 8);
  }

  #resize(): void {
    this.#rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    this.#pad = margin * this.#rem;
    const width = Math.max(0, this.#scroll.clientWidth - 2 * this.#pad);
    const whole = !this.#scale || Math.abs(this.#scale * this.#duration - this.#width) < 1;
    this.#width = width;
    if (!width) return;
    this.#clear();
    this.#setScale(whole ? 0 : this.#scale, 0);
  }

  readonly #recolour = (): void => {
    this.#paint = null;
    this.#clear();
    this.#redraw();
  };

  // Drawing.

  #clear(): void {
    for (const part of this.#parts.values()) part.remove();
    this.#parts.clear();
  }

  #redraw(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#draw();
    });
  }

  // draw makes the tiles that are in sight or next to it, and takes away others.
  #draw(): void {
    if (!this.#scale || !this.isConnected) return;
    const all = Math.ceil((this.#duration * this.#scale) / tile);
    const first = Math.max(0, Math.floor(this.#scroll.scrollLeft / tile) - 1);
    const last = Math.min(all - 1, Math.floor((this.#scroll.scrollLeft + this.#width) / tile) + 1);
    for (const [n, part] of this.#parts) {
      if (n < first || n > last) {
        part.remove();
        this.#parts.delete(n);
      }
    }
    for (let n = first; n <= last; n++) {
      if (!this.#parts.has(n)) this.#parts.set(n, this.#drawTile(n));
    }
    const { start, end } = this.view;
    this.#extent.textContent = t("timeline.extent", { From: clock(start), To: clock(end) });
  }

  #drawTile(n: number): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    const ratio = window.devicePixelRatio || 1;
    const width = Math.min(tile, Math.ceil(this.#duration * this.#scale) - n * tile);
    const height = (rulerHeight + clipsHeight + this.#lanesHeight) * this.#rem;
    canvas.width = Math.ceil(width * ratio);
    canvas.height = Math.ceil(height * ratio);
    canvas.style.left = `${n * tile}px`;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    this.#tiles.append(canvas);
    const to = canvas.getContext("2d");
    if (!to) return canvas;
    to.scale(ratio, ratio);
    const paint = this.#colours(to);
    const from = (n * tile) / this.#scale;
    const room = 80 / this.#scale; // for a label
    to.font = paint.font;
    to.textBaseline = "middle";
    for (const mark of marks(from - room, from + tile / this.#scale, room)) {
      const x = Math.round((mark.time - from) * this.#scale) + 0.5;
      to.fillStyle = paint.line;
      to.fillRect(x - 0.5, 0, 1, height);
      to.fillStyle = paint.quiet;
      to.fillText(mark.label, x + 4, (rulerHeight * this.#rem) / 2);
    }
    const values = new Float32Array(width);
    for (const band of this.#bands) {
      columns(band, from, this.#scale, this.#duration, values);
      draw(to, band, values, width, (rulerHeight + clipsHeight + band.top) * this.#rem, bandHeight * this.#rem, paint);
    }
    return canvas;
  }

  #colours(to: CanvasRenderingContext2D): Paint {
    if (this.#paint) return this.#paint;
    const style = getComputedStyle(this);
    const colour = (name: string) => style.getPropertyValue(name).trim() || "gray";
    const stripe = document.createElement("canvas");
    stripe.width = stripe.height = 8;
    const on = stripe.getContext("2d");
    if (on) {
      on.strokeStyle = colour("--edge");
      on.globalAlpha = 0.5;
      on.lineWidth = 1;
      for (const shift of [-8, 0, 8]) {
        on.beginPath();
        on.moveTo(shift, 8);
        on.lineTo(shift + 8, 0);
        on.stroke();
      }
    }
    this.#paint = {
      ground: colour("--sunk"),
      line: colour("--line"),
      quiet: colour("--quiet"),
      strong: colour("--accent-strong"),
      fill: colour("--accent"),
      hatch: to.createPattern(stripe, "repeat") ?? colour("--line"),
      font: `${0.75 * this.#rem}px ${style.fontFamily}`,
    };
    return this.#paint;
  }

  // lay writes the names beside the lanes, and makes room for them.
  #lay(): void {
    this.style.setProperty("--timeline-height", `${rulerHeight + clipsHeight + this.#lanesHeight}rem`);
    this.#names.replaceChildren();
    for (const group of this.#groups) {
      const title = made("span", "timeline-kind", group.title);
      title.style.top = `${rulerHeight + clipsHeight + group.top}rem`;
      this.#names.append(title);
      for (const band of group.bands) {
        const who = made("span", "timeline-who", band.who);
        who.style.top = `${rulerHeight + clipsHeight + band.top}rem`;
        who.title = band.lane.label;
        this.#names.append(who);
      }
    }
  }

  // sayLanes says in words what the lanes show.
  #sayLanes(): void {
    this.#table.replaceChildren();
    if (!this.#signals) return;
    const table = document.createElement("table");
    table.createCaption().textContent = t("timeline.words");
    const head = table.createTHead().insertRow();
    for (const text of [t("timeline.what"), t("timeline.seen"), t("timeline.when")]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = text;
      head.append(cell);
    }
    const body = table.createTBody();
    for (const band of this.#bands) {
      const row = body.insertRow();
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = band.lane.label;
      row.append(name);
      row.insertCell().textContent = t("timeline.share", { Percent: Math.round(band.lane.coverage * 100) });
      const all = above(band, this.#duration);
      const said = all.slice(0, listed).map((s) => t("timeline.from_to", { From: clock(s.start), To: clock(s.end) }));
      if (all.length > listed) said.push(t("timeline.more", { Count: all.length - listed }));
      row.insertCell().textContent = said.join(", ") || t("timeline.never");
    }
    this.#table.append(table);
  }

  #percent(time: number): string {
    return `${this.#duration ? (100 * time) / this.#duration : 0}%`;
  }

  #put(element: HTMLElement, span: Span): void {
    element.style.left = this.#percent(span.start);
    element.style.width = this.#percent(Math.max(0, span.end - span.start));
  }

  #putSpans(): void {
    const parts: HTMLElement[] = [];
    const add = (spans: Span[], kind: string) => {
      for (const span of spans) {
        const part = made("div", kind);
        this.#put(part, span);
        parts.push(part);
      }
    };
    add(this.#played, "timeline-played");
    add(this.#evidence, "timeline-evidence");
    if (this.#marked) {
      const { start } = this.#marked;
      const end = this.#marked.end ?? this.#time;
      add([{ start: Math.min(start, end), end: Math.max(start, end) }], "timeline-marked");
    }
    this.#spans.replaceChildren(...parts);
  }

  #putHead(): void {
    this.#head.style.transform = `translateX(${this.#time * this.#scale}px)`;
    const now = Math.floor(this.#time);
    if (this.#head.ariaValueNow !== String(now)) {
      this.#head.ariaValueNow = String(now);
      this.#head.ariaValueText = t("timeline.at", { Time: clock(this.#time), Length: clock(this.#duration) });
    }
    this.#head.ariaValueMax = String(Math.ceil(this.#duration));
  }

  // Clips.

  #putClips(): void {
    const before = new Map([...this.#bars.querySelectorAll<HTMLButtonElement>(".timeline-clip")].map((b) => [b.dataset["id"] ?? "", b]));
    const chosen = this.#clips.find((c) => c.id === this.#selected);
    const stop = chosen ?? this.#clips[0];
    let last: Element | null = null;
    for (const clip of this.#clips) {
      const bar = before.get(clip.id) ?? this.#bar(clip.id);
      before.delete(clip.id);
      bar.dataset["state"] = clip.state;
      bar.textContent = clip.short ?? clip.label;
      bar.title = clip.label;
      bar.ariaLabel = t(`timeline.clip_${clip.state}`, { Name: clip.label, From: clock(clip.start, 1), To: clock(clip.end, 1) });
      bar.ariaPressed = String(clip === chosen);
      bar.tabIndex = clip === stop ? 0 : -1;
      this.#put(bar, clip);
      // What has the focus must stay where it is, or it loses it.
      if (last ? last.nextElementSibling !== bar : this.#bars.firstElementChild !== bar) {
        if (last) last.after(bar);
        else this.#bars.prepend(bar);
      }
      last = bar;
    }
    for (const bar of before.values()) bar.remove();
    for (const edge of ["start", "end"] as const) {
      const handle = this.#handles[edge];
      handle.hidden = !chosen || Boolean(chosen.locked);
      if (chosen) this.#putHandle(edge, chosen);
    }
  }

  #bar(id: string): HTMLButtonElement {
    const bar = made("button", "timeline-clip");
    // As wide as the clip is long. The list beside the film has the same of a size
    // to hit (WCAG 2.2, 2.5.8: equivalent), and the page's tests look away here.
    bar.dataset["equivalent"] = "";
    bar.type = "button";
    bar.dataset["id"] = id;
    return bar;
  }

  #putHandle(edge: "start" | "end", clip: TimelineClip): void {
    const handle = this.#handles[edge];
    handle.style.left = this.#percent(clip[edge]);
    handle.ariaLabel = t(edge === "start" ? "timeline.handle_start" : "timeline.handle_end", { Name: clip.label });
    handle.ariaValueMin = "0";
    handle.ariaValueMax = String(Math.ceil(this.#duration));
    handle.ariaValueNow = String(Math.round(clip[edge] * 1000) / 1000);
    handle.ariaValueText = t("timeline.at", { Time: clock(clip[edge], 2), Length: clock(this.#duration) });
  }

  // trim moves an edge of the chosen clip, and tells of it.
  #trim(edge: "start" | "end", to: number): void {
    const clip = this.#clips.find((c) => c.id === this.#selected);
    if (!clip) return;
    const least = this.#frames?.typical ?? 0.04;
    let at = Math.min(this.#duration, Math.max(0, this.#frames ? Math.min(this.#frames.snap(to), this.#duration) : to));
    if (edge === "start") at = Math.min(at, clip.end - least);
    else at = Math.max(at, clip.start + least);
    at = Math.round(at * 1000) / 1000; // as times are kept
    if (at === clip[edge]) return;
    clip[edge] = at;
    this.#trimming = { id: clip.id, edge };
    const bar = this.#bars.querySelector<HTMLElement>(`[data-id="${CSS.escape(clip.id)}"]`);
    if (bar) this.#put(bar, clip);
    this.#putHandle(edge, clip);
    this.#tellTrim(false);
  }

  // trimmed ends the moving of an edge.
  #trimmed(): void {
    if (this.#trimming) this.#tellTrim(true);
    this.#trimming = null;
  }

  #tellTrim(done: boolean): void {
    const clip = this.#clips.find((c) => c.id === this.#trimming?.id);
    if (!clip || !this.#trimming) return;
    const { edge } = this.#trimming;
    this.#tell("trim", { id: clip.id, edge, start: clip.start, end: clip.end, at: clip[edge], done });
  }

  // nudge is a time some frames or seconds from another.
  #nudge(time: number, frames: number, seconds: number): number {
    if (seconds) return time + seconds;
    if (!this.#frames) return time + frames * 0.04;
    const last = this.#frames.count;
    const n = time >= this.#frames.end(last - 1) - 1e-3 ? last : this.#frames.nearest(time);
    return n + frames >= last ? this.#frames.end(last - 1) : this.#frames.time(n + frames);
  }

  // Its parts.

  #build(): void {
    const tools = made("div", "timeline-tools");
    tools.setAttribute("role", "group");
    tools.setAttribute("aria-label", t("timeline.tools"));
    const button = (text: string, name: string, press: () => void) => {
      const b = made("button", "timeline-button", text);
      b.type = "button";
      b.ariaLabel = name;
      b.title = name;
      b.addEventListener("click", press);
      tools.append(b);
    };
    button("−", t("timeline.farther"), () => this.zoom(1 / 2));
    button("+", t("timeline.closer"), () => this.zoom(2));
    button(t("timeline.whole"), t("timeline.whole_name"), () => this.showAll());
    tools.append(this.#extent, made("span", "timeline-unseen", t("timeline.unseen")));

    this.#names.setAttribute("aria-hidden", "true"); // the table says it
    this.#tiles.setAttribute("aria-hidden", "true");
    this.#spans.setAttribute("aria-hidden", "true");
    this.#bars.setAttribute("role", "group");
    this.#bars.setAttribute("aria-label", t("timeline.clips"));
    this.#head.setAttribute("role", "slider");
    this.#head.tabIndex = 0;
    this.#head.ariaLabel = t("timeline.head");
    this.#head.ariaValueMin = "0";
    this.#inner.append(this.#tiles, this.#spans, this.#bars, this.#handles.start, this.#handles.end, this.#head);
    this.#room.append(this.#inner);
    this.#scroll.append(this.#room);
    const body = made("div", "timeline-body");
    body.append(this.#names, this.#scroll);
    this.append(tools, body, this.#table);
    this.#lay();
    this.#putClips();
    this.#putHead();

    this.#scroll.addEventListener("scroll", () => {
      if (!this.#ours) this.#moved = performance.now();
      this.#ours = false;
      this.#redraw();
    }, { passive: true });
    this.#scroll.addEventListener("wheel", (e) => this.#wheel(e), { passive: false });
    this.#pinch();
    this.#scrub();
    this.#head.addEventListener("keydown", (e) => this.#headKey(e));
    this.#bars.addEventListener("click", (e) => {
      const bar = e.target instanceof Element ? e.target.closest<HTMLElement>(".timeline-clip") : null;
      if (bar?.dataset["id"]) this.#tell("select", { id: bar.dataset["id"] });
    });
    this.#bars.addEventListener("keydown", (e) => this.#barKey(e));
    for (const edge of ["start", "end"] as const) this.#handle(edge);
  }

  // wheel zooms where the page itself would be zoomed: with Control, which is what
  // a pinch on a touchpad is too. Without, the browser scrolls.
  #wheel(e: WheelEvent): void {
    if (!e.ctrlKey && !e.metaKey) return;
    e.preventDefault();
    const lines = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    this.#zoom(Math.exp(-Math.max(-100, Math.min(100, e.deltaY * lines)) / 200), e.clientX - this.#left());
  }

  // left is where the box without its margin begins on the screen.
  #left(): number {
    return this.#scroll.getBoundingClientRect().left + this.#pad;
  }

  // pinch zooms by two fingers, and moves with them.
  #pinch(): void {
    const measure = (e: TouchEvent) => {
      const [a, b] = [e.touches[0]!, e.touches[1]!];
      return { apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), at: (a.clientX + b.clientX) / 2 - this.#left() };
    };
    let before: ReturnType<typeof measure> | null = null;
    this.#scroll.addEventListener("touchstart", (e) => {
      before = e.touches.length === 2 ? measure(e) : null;
    }, { passive: true });
    this.#scroll.addEventListener("touchmove", (e) => {
      if (e.touches.length !== 2 || !before?.apart) return;
      if (e.cancelable) e.preventDefault();
      const now = measure(e);
      this.#zoom(now.apart / before.apart, before.at, now.at);
      before = now;
    }, { passive: false });
  }

  #timeAt(e: MouseEvent): number {
    const x = e.clientX - this.#inner.getBoundingClientRect().left;
    return Math.min(this.#duration, Math.max(0, x / this.#scale));
  }

  // scrub moves the playhead with the mouse. A finger scrolls, and puts the
  // playhead where it taps.
  #scrub(): void {
    let moving = false;
    const seek = (e: MouseEvent, done: boolean) => {
      this.#time = this.#timeAt(e);
      this.#putHead();
      this.#tell("seek", { time: this.#time, done });
    };
    const ours = (e: Event) => !(e.target instanceof Element && e.target.closest(".timeline-clip, .timeline-handle"));
    let touched = false; // not every browser says of a click what made it
    this.#inner.addEventListener("pointerdown", (e) => {
      touched = e.pointerType === "touch";
      if (e.pointerType === "touch" || e.button !== 0 || !ours(e)) return;
      moving = true;
      this.#inner.setPointerCapture(e.pointerId);
      seek(e, false);
    });
    let last: PointerEvent | null = null;
    this.#inner.addEventListener("pointermove", (e) => {
      if (!moving) return;
      if (!last) requestAnimationFrame(() => {
        if (moving && last) seek(last, false);
        last = null;
      });
      last = e;
    });
    const end = (e: PointerEvent) => {
      if (!moving) return;
      moving = false;
      seek(e, true);
    };
    this.#inner.addEventListener("pointerup", end);
    this.#inner.addEventListener("pointercancel", end);
    this.#inner.addEventListener("click", (e) => {
      if (touched && ours(e)) seek(e, true);
    });
  }

  #headKey(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const to = {
      ArrowLeft: this.#time - (e.shiftKey ? 5 : 1),
      ArrowDown: this.#time - 1,
      ArrowRight: this.#time + (e.shiftKey ? 5 : 1),
      ArrowUp: this.#time + 1,
      PageDown: this.#time - 10,
      PageUp: this.#time + 10,
      Home: 0,
      End: this.#duration,
    }[e.key];
    if (to !== undefined) {
      this.time = to;
      this.#tell("seek", { time: this.#time, done: true });
    } else if (e.key === "+" || e.key === "=") this.zoom(2);
    else if (e.key === "-") this.zoom(1 / 2);
    else if (e.key === "0") this.showAll();
    else return;
    e.preventDefault();
    e.stopPropagation();
  }

  // barKey goes from clip to clip: they are one stop on the way through the page.
  #barKey(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return;
    const bars = [...this.#bars.querySelectorAll<HTMLElement>(".timeline-clip")];
    const at = bars.indexOf(e.target as HTMLElement);
    const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: bars.length - 1 }[e.key];
    if (at < 0 || to === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    const next = bars[Math.min(bars.length - 1, Math.max(0, to))]!;
    for (const bar of bars) bar.tabIndex = bar === next ? 0 : -1;
    next.focus();
  }

  // handle lets an edge of the chosen clip be moved, by pointer and by keys.
  #handle(edge: "start" | "end"): void {
    const handle = this.#handles[edge];
    handle.dataset["edge"] = edge;
    handle.setAttribute("role", "slider");
    handle.tabIndex = 0;
    handle.hidden = true;
    let offset: number | null = null;
    handle.addEventListener("pointerdown", (e) => {
      const clip = this.#clips.find((c) => c.id === this.#selected);
      if (!clip || e.button !== 0) return;
      e.preventDefault();
      handle.focus();
      handle.setPointerCapture(e.pointerId);
      offset = clip[edge] - this.#timeAt(e);
    });
    let last: PointerEvent | null = null;
    handle.addEventListener("pointermove", (e) => {
      if (offset === null) return;
      if (!last) requestAnimationFrame(() => {
        if (last && offset !== null) this.#trim(edge, this.#timeAt(last) + offset);
        last = null;
      });
      last = e;
    });
    const end = (e: PointerEvent) => {
      if (offset === null) return;
      this.#trim(edge, this.#timeAt(e) + offset);
      offset = null;
      this.#trimmed();
    };
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
    handle.addEventListener("keydown", (e) => {
      const clip = this.#clips.find((c) => c.id === this.#selected);
      if (!clip || e.ctrlKey || e.metaKey || e.altKey) return;
      const back = e.key === "ArrowLeft" || e.key === "ArrowDown" || e.key === "PageDown";
      const on = e.key === "ArrowRight" || e.key === "ArrowUp" || e.key === "PageUp";
      if (!back && !on) return;
      e.preventDefault();
      e.stopPropagation();
      const way = back ? -1 : 1;
      this.#trim(edge, this.#nudge(clip[edge], way, e.shiftKey || e.key.startsWith("Page") ? way : 0));
    });
    handle.addEventListener("keyup", () => this.#trimmed());
    handle.addEventListener("blur", () => this.#trimmed());
  }

  #tell<K extends keyof TimelineEvents>(name: K, detail: TimelineEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

function made<K extends keyof HTMLElementTagNameMap>(tag: K, name: string, text?: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

async function read(from: string | Signals | null): Promise<Signals | null> {
  if (typeof from !== "string") return from;
  try {
    const answer = await fetch(from);
    return answer.ok ? ((await answer.json()) as Signals) : null;
  } catch {
    return null; // the clips can be worked on without
  }
}

customElements.define("attune-timeline", Timeline);
