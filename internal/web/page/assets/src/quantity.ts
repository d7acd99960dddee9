// Quantities in words, in the language of the page. Pages that use them name the
// texts "quantity".
import { t } from "./messages";

const lang = document.documentElement.lang || "en-GB";

// size is a number of bytes as people's other programs say it: in thousands.
export function size(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  let n = bytes;
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return new Intl.NumberFormat(lang, {
    style: "unit",
    unit: units[unit] ?? "byte",
    maximumFractionDigits: unit > 1 && n < 100 ? 1 : 0,
  }).format(n);
}

// percent of a share, 0 to 1: 100 % only when it is all.
export function percent(share: number): string {
  const whole = Math.floor(Math.min(1, Math.max(0, share || 0)) * 100);
  return new Intl.NumberFormat(lang, { style: "percent" }).format(whole / 100);
}

// span is about how long something lasts, in seconds.
export function span(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return t("quantity.moment");
  if (minutes < 90) return t("quantity.minutes", { Count: minutes });
  return t("quantity.hours", { Count: Math.round(minutes / 60) });
}
