import type { FilmSource, PlayerElement } from "../film";
import type { Span } from "../played";
import { Stream } from "../stream";
import type { Clip, PageData } from "./model";

// A frame where the frames of the film are not known, in seconds.
const aFrame = 0.04;
// The size of pictures that are drawn here, that of those of an analysis.
const [width, height] = [320, 180];

// Screen is the film in the player: it plays clips, and knows the frames.
export class Screen {
  constructor(
    private readonly player: PlayerElement,
    private readonly film: PageData["film"],
    private readonly loops: HTMLInputElement, // whether clips are played over and over
  ) {}

  // playable says whether there is a film to play already.
  get playable(): boolean {
    return this.film.viewing === "" || this.film.viewing === "ready";
  }

  // begin shows the film, as soon as there is one that browsers can play. Then
  // came is called, unless it was there already.
  begin(came: () => void): void {
    const { src, viewing, frames, duration_s: duration } = this.film;
    if (this.playable) this.player.film = { src, copy: viewing !== "", frames, duration } satisfies FilmSource;
    else if (viewing !== "failed") this.await(came);
  }

  // await listens until there is a viewing copy: to ask again and again would be
  // use of a session that nobody uses.
  private await(came: () => void): void {
    const stream = new Stream(`/api/v1/films/${this.film.id}/events`, {
      film: (event) => {
        this.film.viewing = (JSON.parse(event.data) as { viewing_copy?: string }).viewing_copy ?? "";
        if (this.film.viewing === "failed") location.reload(); // to a page that says so
        if (!this.playable) return;
        stream.close();
        came();
        this.begin(came);
      },
    });
    stream.open();
  }

  get playing(): boolean {
    return this.player.playing;
  }

  // time is where the frame begins that is shown.
  get time(): number {
    return this.player.time;
  }

  // played is what was really played so far.
  get played(): Span[] {
    return this.player.played.map(({ start, end }) => [start, end]);
  }

  pause(): void {
    this.player.pause();
  }

  seek(to: number): void {
    void this.player.seek(to);
  }

  // play plays a clip from an instant in it, over and over where that is wanted.
  play(c: Clip, from: number): void {
    if (!this.playable) return;
    if (this.loops.checked) {
      this.player.loop({ start: c.start_s, end: c.end_s });
      if (from > c.start_s) void this.player.seek(from);
    } else {
      this.player.loop(null);
      void this.player.seek(from);
      void this.player.play();
    }
  }

  // toggle pauses, or goes on, in the loop of a clip if it stands in it.
  toggle(c: Clip | undefined): void {
    const at = this.player.time;
    if (!this.player.playing && !this.player.looped && this.loops.checked && c && at >= c.start_s && at < c.end_s) this.play(c, at);
    else this.player.toggle();
  }

  // loop goes on as the box says by now.
  loop(c: Clip | undefined): void {
    if (!this.loops.checked) this.player.loop(null);
    else if (c && this.player.playing) this.play(c, Math.max(c.start_s, Math.min(this.player.time, c.end_s)));
  }

  // reloop gives the loop that is being played another span.
  reloop(start: number, end: number): void {
    if (this.player.playing && this.player.looped) this.player.loop({ start, end });
  }

  // jump plays on from an instant.
  jump(to: number): void {
    if (!this.playable) return;
    void this.player.seek(to);
    void this.player.play();
  }

  // by goes so many seconds on.
  by(seconds: number): void {
    void this.player.seek(Math.min(this.film.duration_s, Math.max(0, this.player.time + seconds)));
  }

  // end is when the frame that is shown makes room for the next.
  get end(): number {
    const { frames, time } = this.player;
    return Math.min(this.film.duration_s, frames ? frames.end(frames.at(time)) : time + aFrame);
  }

  // frame returns the border between frames that is so many from the one at t.
  frame(t: number, by: number): number {
    const frames = this.player.frames;
    if (!frames) return t + by * aFrame;
    const n = frames.at(t) + by;
    return n >= frames.count ? this.film.duration_s : frames.time(n);
  }

  // picture draws what is shown, if it is of the clip; "" otherwise.
  picture(c: Clip): string {
    const { video, time, frame } = this.player;
    if (frame < 0 || time < c.start_s || time >= c.end_s || !video?.videoWidth) return "";
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const scale = Math.max(width / video.videoWidth, height / video.videoHeight);
    const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
    canvas.getContext("2d")?.drawImage(video, (width - w) / 2, (height - h) / 2, w, h);
    return canvas.toDataURL("image/jpeg", 0.8);
  }
}
