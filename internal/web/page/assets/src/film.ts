// What <attune-player> and <attune-timeline> take and tell. Times are seconds
// from the film's first frame, as everywhere; a span is [start, end).
//
//   import "../element/player";
//   import "../element/timeline";
//   import type { PlayerElement, TimelineElement, PlayerEvents, TimelineEvents } from "../film";
//
//   const player = document.querySelector<PlayerElement>("attune-player")!;
//   const timeline = document.querySelector<TimelineElement>("attune-timeline")!;
//   player.film = { src: "/api/v1/films/ID/viewing", copy: false, frames: "/api/v1/films/ID/frames.json", duration: 61.2 };
//   timeline.film = { signals: "/api/v1/films/ID/signals.json", duration: 61.2 };
//   player.addEventListener("ready", () => (timeline.frames = player.frames));   // handles then lie on frames
//   player.addEventListener("time", (e) => (timeline.time = e.detail.time));
//   timeline.addEventListener("seek", (e) => player.seek(e.detail.time));
//
// The page names their texts: {{define "texts"}}{{texts "player" "timeline"}}{{end}}, and its style imports
// "../part/player.css" and "../part/timeline.css".
import type { FrameIndex } from "./frames";

export interface Span {
  start: number;
  end: number;
}

// FilmSource is a film to be played.
export interface FilmSource {
  src: string; // the original or the viewing copy: /api/v1/films/ID/viewing is whichever there is
  copy?: boolean; // it is the viewing copy (the film's viewing_copy is not "")
  frames: string | FrameIndex | null; // address of frames.json; without it frame steps are only about right
  duration: number;
  poster?: string; // address of a picture to show before anything is loaded
}

// PlayerElement is <attune-player>. With the attribute "controls" it has a bar
// of buttons under the picture; without, it is the picture alone.
export interface PlayerElement extends HTMLElement {
  film: FilmSource | null;
  readonly frames: FrameIndex | null; // after "ready"
  readonly exact: boolean; // frames are known, so that steps land on the right one
  readonly duration: number;

  readonly time: number; // where the frame begins that is shown, or that was asked for last
  readonly frame: number; // its number, from 0; −1 while nothing is shown
  readonly playing: boolean;
  rate: number; // 1, 0.5, 0.25; any from 0.0625 to 4 is taken
  muted: boolean;
  readonly video: HTMLVideoElement; // for a canvas; not to be sought or played directly

  play(): Promise<void>;
  pause(): void;
  toggle(): void;
  // seek shows the frame at time t, and goes on playing if it played. It ends
  // when the frame is shown, or when something else was asked for meanwhile.
  seek(t: number): Promise<void>;
  // step pauses, and shows the frame n frames on (+1) or back (−1). Steps in quick
  // succession add up.
  step(n: number): Promise<void>;
  // loop plays span over and over from its beginning; null goes on without end.
  // Seeking out of the span ends the loop.
  loop(span: Span | null): void;
  readonly looped: Span | null;
  // played returns what was really played so far, one after the other without
  // overlaps: not what was jumped over, stepped through or played out of sight.
  readonly played: Span[];

  addEventListener<K extends keyof PlayerEvents>(type: K, listener: (event: CustomEvent<PlayerEvents[K]>) => void, options?: AddEventListenerOptions | boolean): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: AddEventListenerOptions | boolean): void;
}

// PlayerEvents are its events by name, with their detail. They bubble.
export interface PlayerEvents {
  ready: { exact: boolean }; // the first frame is shown
  time: { time: number; frame: number }; // another frame is shown, playing or not
  frame: { time: number; frame: number }; // the frame of a seek or step is shown, and it is the right one
  state: { playing: boolean; rate: number; muted: boolean; looped: Span | null }; // one of these changed
  // A span was really played since the last of these events: at a pause, a jump,
  // the end of a turn of the loop, and every two seconds.
  played: Span;
  trouble: { code: number }; // the film cannot be played (MediaError.code); the element says so
}

// Signals is signals.json.
export interface Signals {
  duration_s: number;
  people: { id: string; role: "adult" | "child" | "unknown"; coverage: number; label: string }[];
  lanes: Lane[];
}

export interface Lane {
  name: string; // "facing", "mutual facing", "smile", "voice", "movement"
  people: string[];
  label: string;
  coverage: number;
  points: [number, number | null][]; // [seconds, value from then on]; null was not seen
}

// TimelineClip is a span with a bar of its own above the lanes.
export interface TimelineClip extends Span {
  id: string;
  label: string; // what it is called, as "Clip 3"; read out, and shown where there is room
  short?: string; // shown where there is none, as "3"
  state: "suggested" | "kept" | "set_aside";
  locked?: boolean; // has no handles
}

// TimelineElement is <attune-timeline>: lanes over time, and the clips above
// them. It changes nothing by itself but what it shows of the film.
export interface TimelineElement extends HTMLElement {
  film: { signals: string | Signals | null; duration: number } | null;
  frames: FrameIndex | null; // of the player; handles and keys then go by frames
  clips: TimelineClip[]; // drawn anew when it is set
  selected: string | null; // id of the clip that has handles
  time: number; // of the playhead; while it moves by playing, the view follows
  marked: { start: number; end: number | null } | null; // a clip in the making: end null is up to the playhead
  played: Span[]; // shown as a line over the ruler
  evidence: Span[]; // set off in the lanes, as what a sentence under the mouse speaks of

  readonly view: Span; // what is in sight
  show(span: Span): void; // brings a span into sight, zoomed so that it can be worked on
  zoom(factor: number): void; // > 1 is closer; about the playhead if it is in sight
  showAll(): void;

  addEventListener<K extends keyof TimelineEvents>(type: K, listener: (event: CustomEvent<TimelineEvents[K]>) => void, options?: AddEventListenerOptions | boolean): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: AddEventListenerOptions | boolean): void;
}

// TimelineEvents are its events by name, with their detail. They bubble.
export interface TimelineEvents {
  seek: { time: number; done: boolean }; // the playhead was put somewhere; done is false while it is dragged
  select: { id: string }; // a bar was chosen
  // A handle was moved, inwards or outwards. The timeline shows it already; done
  // is false while it moves, and true once, at the end: that is to be saved. To
  // undo, set clips again. at is the moved edge, for the player to show.
  trim: { id: string; edge: "start" | "end"; start: number; end: number; at: number; done: boolean };
}
