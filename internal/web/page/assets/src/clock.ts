// clock writes seconds as people read them on a player: 1:05, 1:02:05, or 1:05.3
// with a digit.
export function clock(seconds: number, digits = 0): string {
  const unit = 10 ** digits;
  const all = Math.floor(Math.max(0, seconds) * unit + 1e-6);
  const whole = Math.floor(all / unit);
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const text = whole >= 3600 ? `${Math.floor(whole / 3600)}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  return digits > 0 ? `${text}.${String(all % unit).padStart(digits, "0")}` : text;
}
