// What a review is made of, as the API tells it. Times are seconds from the
// first frame of the film.

import { type Span, joint } from "../played";

export type State = "suggested" | "kept" | "set_aside";

// The least that a clip lasts, in seconds: less is nothing that people can see.
export const shortest = 0.5;

// What a guider may change of a clip.
export interface Fields {
  state: State;
  start_s: number;
  end_s: number;
  tags: string[];
  goal: string;
  note: string;
}

export interface ClipData extends Fields {
  id: string;
  moment?: string;
  rank?: number;
  by_hand: boolean;
  position?: number;
  deleted?: boolean;
  etag: string;
}

// A clip as this page knows it. Its key stays the same for as long as the page
// is open: that of one that was made here is not its id.
export interface Clip extends Fields {
  key: string;
  moment: string;
  rank: number;
  by_hand: boolean;
  position: number; // in the reel, from 1; 0 where it was not put anywhere
  deleted: boolean;
}

export interface Evidence {
  cue: string;
  start_s: number;
  end_s: number;
  text: string;
}

export interface Moment {
  id: string;
  rank: number;
  start_s: number;
  end_s: number;
  coverage: number;
  principles: string[];
  evidence: Evidence[];
  still?: string; // address of its picture
}

export interface ReviewData {
  clips: ClipData[];
  order: { clips: string[]; etag: string };
  played: Span[];
}

// The data of the page, written into it by its template.
export interface PageData {
  film: {
    id: string;
    duration_s: number;
    src: string;
    frames: string;
    signals: string;
    viewing: string; // state of the viewing copy; "" where the film itself is shown
  };
  may_change: boolean;
  moments: Moment[];
  goals: string[];
  principles: string[];
  keys: Record<string, string>; // key → command
  review: ReviewData;
}

// newKey returns a key for a clip that is made here.
export function newKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

export function clipOf(data: ClipData, key = data.id): Clip {
  return {
    key,
    moment: data.moment ?? "",
    rank: data.rank ?? 0,
    by_hand: data.by_hand,
    position: data.position ?? 0,
    deleted: data.deleted ?? false,
    ...fieldsOf(data),
  };
}

export function fieldsOf(c: Fields): Fields {
  return { state: c.state, start_s: c.start_s, end_s: c.end_s, tags: [...c.tags], goal: c.goal, note: c.note };
}

// inRank is the order of the pictures: the strongest suggestion first, with what
// was split off it, then what the guider found.
export function inRank(clips: Iterable<Clip>): Clip[] {
  return [...clips]
    .filter((c) => !c.deleted)
    .sort((a, b) => Number(!a.moment) - Number(!b.moment) || a.rank - b.rank || a.start_s - b.start_s || a.end_s - b.end_s);
}

// inReel is the order of the reel, as the records have it: what the guider put
// in a place, then the others as they come in the film.
export function inReel(clips: Iterable<Clip>): Clip[] {
  return [...clips]
    .filter((c) => c.state === "kept" && !c.deleted)
    .sort((a, b) => (a.position || Infinity) - (b.position || Infinity) || a.start_s - b.start_s || a.end_s - b.end_s)
    .sort((a, b) => Number(!a.position) - Number(!b.position)); // Infinity − Infinity is no order
}

// same reports whether two clips are the same to people.
export function same(a: Fields, b: Fields): boolean {
  return (
    a.state === b.state &&
    Math.abs(a.start_s - b.start_s) < joint &&
    Math.abs(a.end_s - b.end_s) < joint &&
    a.goal === b.goal &&
    a.note === b.note &&
    a.tags.join() === b.tags.join()
  );
}
