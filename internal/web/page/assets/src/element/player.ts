// <attune-player>: a film that stands on exactly the frame that was asked for.
// What it takes and tells is described at PlayerElement in ../film.
//
// Browsers seek to times, not frames, and tell only afterwards what they show.
// So it asks for a time inside the frame, looks which one came
// (requestVideoFrameCallback), and asks again nearer to its beginning or end if
// that was another: how a browser rounds, and how long it takes frames of a
// variable rate to last, is its own affair.
import { clock } from "../clock";
import type { FilmSource, PlayerElement, PlayerEvents, Span } from "../film";
import { FrameIndex, type FramesFile } from "../frames";
import { t } from "../messages";
import { merged } from "../span";

// rates are those that have buttons.
const rates = [1, 0.5, 0.25];

// attempts bounds how often a frame is asked for.
const attempts = 12;

// patience is how long after a seek the frame may take to be told of, in ms.
// Where none comes, as in a hidden tab, what was asked for is believed.
const patience = 250;

// afterwards is how long after a seek another frame may still come once a wrong
// one was told of, in ms: a few pictures of the screen.
const afterwards = 60;

// report is how often it is told what was played, in seconds of the film.
const report = 2;

// skipped is how much may be missing between two frames that were played one
// after the other, in seconds: a slow machine drops some.
const skipped = 0.5;

// blind is the step in seconds where nothing is known of the frames: that of
// the commonest rate in Europe.
const blind = 0.04;

const icons = {
  play: "M6 4l14 8-14 8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  back: "M18 5v14l-9-7zM6 5h2v14H6z",
  on: "M6 5v14l9-7zM16 5h2v14h-2z",
  sound: "M4 9v6h4l5 4V5L8 9zM16 8a5 5 0 010 8v-2a3 3 0 000-4z",
  silent: "M4 9v6h4l5 4V5L8 9zM16 9.4L17.4 8 22 12.6 20.6 14zM20.6 8L22 9.4 17.4 14 16 12.6z",
};

class Player extends HTMLElement implements PlayerElement {
  readonly video = document.createElement("video");
  readonly #trouble = document.createElement("p");
  readonly #clock = document.createElement("span");
  readonly #buttons: Partial<Record<"play" | "back" | "on" | "sound", HTMLButtonElement>> = {};
  readonly #speeds = new Map<number, HTMLButtonElement>();

  #film: FilmSource | null = null;
  #frames: FrameIndex | null = null;
  #offset = 0; // of the first frame on the video's clock
  #ready = false;
  #opened = 0; // films so far

  #shown = -1; // frame
  #at = 0; // its time
  #told = 0; // frames that the browser has told of
  #target: number | null = null; // frame, or time where frames are not known
  #settling: Promise<void> | null = null;

  #loop: Span | null = null;
  #turning: ReturnType<typeof setTimeout> | undefined;
  #run: Span | null = null; // what is being played without a break
  #reported = 0; // up to where it was told
  #played: Span[] = [];

  connectedCallback(): void {
    if (!this.firstElementChild) this.#build();
    document.addEventListener("visibilitychange", this.#hidden);
    window.addEventListener("pagehide", this.#breakOff);
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.#hidden);
    window.removeEventListener("pagehide", this.#breakOff);
    this.video.pause();
  }

  // What it plays.

  get film(): FilmSource | null {
    return this.#film;
  }

  set film(film: FilmSource | null) {
    this.#breakOff();
    clearTimeout(this.#turning);
    this.#film = film;
    this.#frames = null;
    this.#ready = false;
    this.#shown = -1;
    this.#at = 0;
    this.#target = null;
    this.#loop = null;
    this.#played = [];
    this.#trouble.hidden = true;
    const opened = ++this.#opened;
    if (!film) {
      this.video.removeAttribute("src");
      this.video.load();
      return;
    }
    if (film.poster) this.video.poster = film.poster;
    this.video.src = film.src;
    const first = this.#first();
    void Promise.all([index(film.frames), first]).then(([frames, at]) => {
      if (opened === this.#opened) this.#begin(frames, at);
    });
  }

  get frames(): FrameIndex | null {
    return this.#frames;
  }

  get exact(): boolean {
    return this.#frames !== null;
  }

  get duration(): number {
    return this.#film?.duration ?? 0;
  }

  // first ends when the first frame is there, with its time on the video's clock.
  #first(): Promise<number> {
    return new Promise((done) => {
      if ("requestVideoFrameCallback" in this.video) {
        this.video.requestVideoFrameCallback((_, frame) => done(frame.mediaTime));
      }
      // A tab in the background shows no frames.
      this.video.addEventListener("loadeddata", () => setTimeout(() => done(Number.NaN), patience * 4), { once: true });
    });
  }

  // begin starts where the film starts, or where somebody wanted to be meanwhile.
  #begin(frames: FrameIndex | null, first: number): void {
    this.#frames = frames;
    this.#offset = frames ? (this.#film?.copy ? frames.start.copy : frames.start.original) : 0;
    // How a browser counts time is its own affair: it is believed. Where its clock
    // does not begin at 0, it may say 0 until it has shown the first frame.
    if (Math.abs(first - this.#offset) > (frames?.typical ?? blind) / 2) this.#offset = first; // never if first is not known
    if (this.#target !== null && frames) this.#target = frames.at(this.#target);
    this.#ready = true;
    this.#watch();
    if (this.#target === null) this.#show(Math.max(this.#offset, this.video.currentTime));
    else void this.#settle();
    this.#tell("ready", { exact: frames !== null });
  }

  // Where it is.

  get time(): number {
    if (this.#target === null) return this.#at;
    return this.#frames ? this.#frames.time(this.#target) : this.#target;
  }

  get frame(): number {
    return this.#frames && this.#target !== null ? this.#target : this.#shown;
  }

  get playing(): boolean {
    return !this.video.paused && !this.video.ended;
  }

  // watch is told of every frame that is shown.
  #watch(): void {
    const opened = this.#opened;
    if (!("requestVideoFrameCallback" in this.video)) {
      (this.video as HTMLVideoElement).addEventListener("timeupdate", () => this.#show(this.video.currentTime));
      return;
    }
    const told = (_: number, frame: VideoFrameCallbackMetadata) => {
      if (opened !== this.#opened) return;
      this.video.requestVideoFrameCallback(told);
      this.#told++;
      this.#show(frame.mediaTime);
    };
    this.video.requestVideoFrameCallback(told);
  }

  // show takes up that the frame is shown that begins at a time of the video's.
  #show(mediaTime: number): void {
    const time = mediaTime - this.#offset;
    const shown = this.#frames ? this.#frames.nearest(time) : Math.round(time / blind);
    const same = shown === this.#shown;
    this.#shown = shown;
    this.#at = this.#frames ? this.#frames.time(shown) : time;
    this.dispatchEvent(new Event("attune-shown"));
    if (this.playing && !this.video.seeking && this.#target === null) {
      this.#follow();
      this.#turn();
    }
    if (same) return;
    this.#say();
    this.#tell("time", { time: this.time, frame: this.frame });
  }

  // Moving about.

  async play(): Promise<void> {
    if (this.#loop && !within(this.#loop, this.time + 1e-3)) void this.seek(this.#loop.start);
    if (this.#settling) await this.#settling;
    try {
      await this.video.play();
    } catch (error) {
      // It was paused before it began, or the film cannot be played, which is told.
      if (!(error instanceof DOMException)) throw error;
    }
  }

  pause(): void {
    this.video.pause();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else void this.play();
  }

  seek(time: number): Promise<void> {
    const to = Math.min(this.duration, Math.max(0, time));
    if (this.#loop && !within(this.#loop, to + 1e-3)) this.#setLoop(null);
    return this.#to(this.#frames ? this.#frames.at(to) : to);
  }

  step(n: number): Promise<void> {
    this.pause();
    if (!this.#frames) return this.seek(this.time + n * blind);
    const to = Math.min(this.#frames.count - 1, Math.max(0, this.frame + n));
    if (this.#loop && !within(this.#loop, this.#frames.time(to) + 1e-3)) this.#setLoop(null);
    return this.#to(to);
  }

  // to shows a frame, or a time where frames are not known.
  #to(target: number): Promise<void> {
    this.#breakOff();
    clearTimeout(this.#turning);
    this.#target = target;
    this.#say();
    return this.#settle();
  }

  #settle(): Promise<void> {
    if (!this.#ready) return Promise.resolve();
    this.#settling ??= this.#chase().finally(() => (this.#settling = null));
    return this.#settling;
  }

  // chase shows what is asked for, until nothing else was asked for meanwhile.
  async #chase(): Promise<void> {
    while (this.#target !== null) {
      const target = this.#target;
      await this.#approach(target);
      if (this.#target !== target) continue;
      this.#target = null;
      if (!this.#frames) this.#at = target;
      this.#say();
      if (this.#frames ? this.#shown === target : true) this.#tell("frame", { time: this.#at, frame: this.#shown });
      if (this.playing) this.#follow();
    }
  }

  // approach goes to where a frame is shown. Browsers take a frame to last as long
  // as those around it, so that among uneven ones its own time may show another:
  // then the place is sought between those that showed one before and one after.
  async #approach(target: number): Promise<void> {
    if (!this.#frames) return this.#jump(target + this.#offset, target);
    const start = this.#frames.time(target) + this.#offset;
    const usual = Math.min(this.#frames.end(target) - this.#frames.time(target), this.#frames.typical);
    let place = start + usual / 2;
    let before = Number.NEGATIVE_INFINITY;
    let after = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < attempts; tries++) {
      await this.#jump(place, target);
      if (this.#target !== target || this.#shown === target || this.playing || document.hidden) return;
      if (this.#shown < target) before = place;
      else after = place;
      if (before === Number.NEGATIVE_INFINITY) place = Math.max(0, after - (usual / 4) * 2 ** tries);
      else if (after === Number.POSITIVE_INFINITY) place = before + (usual / 4) * 2 ** tries;
      else place = (before + after) / 2;
    }
  }

  // jump ends when the video has gone to a time and shows the frame, or another.
  #jump(place: number, target: number): Promise<void> {
    return new Promise((done) => {
      if (this.video.error) return done();
      let sought = false;
      let late: ReturnType<typeof setTimeout> | undefined;
      const end = () => {
        clearTimeout(late);
        this.video.removeEventListener("seeked", seeked);
        this.video.removeEventListener("error", end);
        this.removeEventListener("attune-shown", shown);
        done();
      };
      const shown = () => {
        if (!sought) return;
        if (!this.#frames || this.#shown === target || this.playing) return end();
        clearTimeout(late);
        late = setTimeout(end, afterwards);
      };
      const told = this.#told;
      const seeked = () => {
        if (this.video.seeking) return; // of an earlier one
        sought = true;
        late = setTimeout(() => {
          if (this.#told === told) this.#show(place); // nobody tells: what was asked for is believed
          end();
        }, patience);
        if (this.#told !== told) shown();
      };
      this.video.addEventListener("seeked", seeked);
      this.video.addEventListener("error", end);
      this.addEventListener("attune-shown", shown);
      this.video.currentTime = place;
    });
  }

  // The loop.

  get looped(): Span | null {
    return this.#loop;
  }

  loop(span: Span | null): void {
    this.#setLoop(span);
    if (!span) return;
    void this.seek(span.start).then(() => {
      if (this.#loop === span) void this.play();
    });
  }

  #setLoop(span: Span | null): void {
    clearTimeout(this.#turning);
    this.#loop = span;
    this.#changed();
  }

  // turn goes back to the loop's beginning when its last frame has been shown for
  // as long as it lasts.
  #turn(): void {
    const loop = this.#loop;
    if (!loop) return;
    const last = this.#frames ? Math.max(this.#frames.at(loop.start), this.#frames.nearest(loop.end) - 1) : Math.floor(loop.end / blind);
    clearTimeout(this.#turning);
    if (this.#shown < last) return;
    const left = this.#frames && this.#shown === last ? this.#frames.end(last) - this.#frames.time(last) : 0;
    this.#turning = setTimeout(() => {
      if (this.#loop === loop && this.playing) void this.#to(this.#frames ? this.#frames.at(loop.start) : loop.start);
    }, (left * 1000) / this.rate);
  }

  // What was played.

  get played(): Span[] {
    return merged(this.#run ? [...this.#played, this.#run] : this.#played);
  }

  // follow adds the frame that is shown to what was played.
  #follow(): void {
    if (document.hidden) return;
    const start = this.#at;
    const end = this.#frames ? this.#frames.end(this.#shown) : start + blind;
    if (this.#run && (start < this.#run.start || start > this.#run.end + skipped)) this.#breakOff();
    if (!this.#run) {
      this.#run = { start, end };
      this.#reported = start;
      return;
    }
    this.#run.end = Math.max(this.#run.end, end);
    if (this.#run.end - this.#reported >= report) this.#report();
  }

  #report(): void {
    if (!this.#run || this.#run.end <= this.#reported) return;
    const span = { start: this.#reported, end: Math.min(this.#run.end, this.duration) };
    this.#reported = this.#run.end;
    this.#tell("played", span);
  }

  // breakOff ends what is played without a break.
  readonly #breakOff = (): void => {
    if (!this.#run) return;
    this.#report();
    this.#played = merged([...this.#played, this.#run]);
    this.#run = null;
  };

  readonly #hidden = (): void => {
    if (document.hidden) this.#breakOff();
  };

  // How it plays.

  get rate(): number {
    return this.video.playbackRate;
  }

  set rate(rate: number) {
    this.video.playbackRate = Math.min(4, Math.max(0.0625, rate));
    this.video.defaultPlaybackRate = this.video.playbackRate; // also of the film after this one
  }

  get muted(): boolean {
    return this.video.muted;
  }

  set muted(muted: boolean) {
    this.video.muted = muted;
  }

  #changed(): void {
    const { play, sound } = this.#buttons;
    if (play) label(play, this.playing ? "pause" : "play", t(this.playing ? "player.pause" : "player.play"));
    if (sound) label(sound, this.muted ? "silent" : "sound", t(this.muted ? "player.sound_on" : "player.sound_off"));
    for (const [rate, button] of this.#speeds) button.setAttribute("aria-pressed", String(rate === this.rate));
    this.toggleAttribute("playing", this.playing);
    this.#tell("state", { playing: this.playing, rate: this.rate, muted: this.muted, looped: this.#loop });
  }

  // Its parts.

  #build(): void {
    const video = this.video;
    video.playsInline = true;
    video.preload = "auto";
    video.disablePictureInPicture = true;
    const picture = document.createElement("div");
    picture.className = "player-picture";
    this.#trouble.className = "player-trouble";
    this.#trouble.setAttribute("role", "alert");
    this.#trouble.hidden = true;
    picture.append(video, this.#trouble);
    this.append(picture);
    if (this.hasAttribute("controls")) this.append(this.#bar());

    video.addEventListener("click", () => this.toggle());
    for (const name of ["play", "pause", "ratechange", "volumechange"]) video.addEventListener(name, () => this.#changed());
    video.addEventListener("play", () => {
      if (this.#ready && this.#target === null && !video.seeking) this.#follow();
    });
    video.addEventListener("pause", this.#breakOff);
    video.addEventListener("ended", () => {
      this.#breakOff();
      if (this.#loop) this.loop(this.#loop);
      else this.#changed();
    });
    video.addEventListener("error", () => {
      const code = video.error?.code ?? 0;
      this.#trouble.textContent = t("player.trouble");
      this.#trouble.hidden = false;
      this.#tell("trouble", { code });
    });
  }

  #bar(): HTMLElement {
    const bar = document.createElement("div");
    bar.className = "player-bar";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", t("player.bar"));
    const button = (icon: keyof typeof icons, name: string, press: () => void) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "player-button";
      label(made, icon, name);
      made.addEventListener("click", press);
      bar.append(made);
      return made;
    };
    this.#buttons.back = button("back", t("player.back"), () => void this.step(-1));
    this.#buttons.play = button("play", t("player.play"), () => this.toggle());
    this.#buttons.on = button("on", t("player.on"), () => void this.step(1));
    this.#clock.className = "player-clock";
    bar.append(this.#clock);
    const speeds = document.createElement("span");
    speeds.className = "player-speeds";
    speeds.setAttribute("role", "group");
    speeds.setAttribute("aria-label", t("player.speed"));
    for (const rate of rates) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "player-button";
      made.textContent = { 1: "1×", 0.5: "½×", 0.25: "¼×" }[rate] ?? String(rate);
      made.setAttribute("aria-pressed", String(rate === this.rate));
      made.addEventListener("click", () => (this.rate = rate));
      this.#speeds.set(rate, made);
      speeds.append(made);
    }
    bar.append(speeds);
    this.#buttons.sound = button("sound", t("player.sound_off"), () => (this.muted = !this.muted));
    return bar;
  }

  // say shows where it is.
  #say(): void {
    if (this.#clock.isConnected) this.#clock.textContent = `${clock(this.time, 1)} / ${clock(this.duration)}`;
  }

  #tell<K extends keyof PlayerEvents>(name: K, detail: PlayerEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

function label(button: HTMLButtonElement, icon: keyof typeof icons, name: string): void {
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${icons[icon]}"/></svg>`;
  button.setAttribute("aria-label", name);
  button.title = name;
}

function within(span: Span, t: number): boolean {
  return t >= span.start && t < span.end;
}

// index reads frames.json; null where there is none, as of films that were
// analysed before there was.
async function index(from: FilmSource["frames"]): Promise<FrameIndex | null> {
  if (typeof from !== "string") return from;
  try {
    const answer = await fetch(from);
    return answer.ok ? new FrameIndex((await answer.json()) as FramesFile) : null;
  } catch {
    return null; // the film can be watched without
  }
}

customElements.define("attune-player", Player);
