import { clock as minutes } from "../clock";

// clock says an instant of a film as exactly as people need it: 1:05.4.
export function clock(s: number): string {
  return minutes(s + 0.05, 1); // to the nearest tenth
}
