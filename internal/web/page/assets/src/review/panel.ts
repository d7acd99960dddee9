import { t } from "../messages";
import { clock } from "./instant";
import { type Span, hasPlayed, unplayed } from "../played";
import type { Clip, Evidence, Moment } from "./model";
import { maybe, part } from "./part";

// What the panel asks for.
export interface PanelEvents {
  jump(to: number): void; // to the instant of a sentence
  speak(of: Evidence | null): void; // a sentence is under the mouse or has the focus
  tag(tags: string[]): void;
  note(text: string): void; // while it is written
  written(): void; // the writing ended
  goal(text: string): void;
}

// Panel shows one clip: what was seen in it, and what the guider says of it.
export class Panel {
  private readonly title: HTMLElement;
  private readonly note: HTMLTextAreaElement | null;
  private readonly goal: HTMLSelectElement | null;
  private readonly tags: HTMLInputElement[];
  private shown = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly events: PanelEvents,
  ) {
    this.title = root.querySelector<HTMLElement>("#clip-title")!;
    this.note = maybe<HTMLTextAreaElement>(root, "note");
    this.goal = maybe<HTMLSelectElement>(root, "goal");
    this.tags = [...root.querySelectorAll<HTMLInputElement>("input[name=tags]")];
    this.note?.addEventListener("input", () => events.note(this.note!.value));
    this.note?.addEventListener("blur", () => events.written());
    this.goal?.addEventListener("change", () => events.goal(this.goal!.value));
    for (const tag of this.tags) {
      tag.addEventListener("change", () => events.tag(this.tags.filter((one) => one.checked).map((one) => one.value)));
    }
  }

  // focus leads to the clip, and says which it is to who listens.
  focus(): void {
    this.title.focus({ preventScroll: true });
  }

  focusNote(): void {
    this.note?.focus();
  }

  focusTags(): void {
    this.tags[0]?.focus();
  }

  // forget lets go of what is being written, for what the clip has by now.
  forget(): void {
    this.shown = "";
  }

  show(c: Clip | undefined, name: string, moment: Moment | undefined, played: Span[]): void {
    this.root.hidden = !c;
    if (!c) return;
    const length = t("review.live.seconds", { Seconds: (c.end_s - c.start_s).toFixed(1) });
    const title = t("review.live.clip", { Name: name, Start: clock(c.start_s), End: clock(c.end_s), Length: length });
    if (this.title.textContent !== title) this.title.textContent = title;
    this.showState(c, played);
    if (this.shown !== c.key) this.showEvidence(c, moment);
    this.showWords(c, moment);
    this.shown = c.key;
  }

  private showState(c: Clip, played: Span[]): void {
    const may = c.state === "kept" || hasPlayed(played, [c.start_s, c.end_s]);
    const keep = this.root.querySelector<HTMLButtonElement>("[data-command=keep]");
    keep?.setAttribute("aria-pressed", String(c.state === "kept"));
    keep?.setAttribute("aria-disabled", String(!may));
    this.root.querySelector("[data-command=aside]")?.setAttribute("aria-pressed", String(c.state === "set_aside"));
    const remove = this.root.querySelector<HTMLElement>("[data-command=delete]");
    if (remove) remove.hidden = !c.by_hand;
    const first = part(this.root, "play_first");
    const missing = unplayed(played, [c.start_s, c.end_s]).missing;
    const text = may || !keep ? "" : t("review.live.play_first", { Seconds: Math.max(1, Math.round(missing)) });
    if (first.textContent !== text) first.textContent = text;
    for (const [name, at] of [
      ["start", c.start_s],
      ["end", c.end_s],
    ] as const) {
      const out = maybe(this.root, name);
      if (out) out.textContent = clock(at);
    }
  }

  private showEvidence(c: Clip, moment: Moment | undefined): void {
    const seen = (moment?.evidence ?? []).filter((e) => e.end_s > c.start_s && e.start_s < c.end_s);
    part(this.root, "evidence_of").hidden = seen.length === 0;
    part(this.root, "coverage").textContent = moment
      ? t("review.live.coverage", { Percent: Math.round(moment.coverage * 100) })
      : "";
    part(this.root, "evidence").replaceChildren(
      ...seen.map((e) => {
        const item = document.createElement("li");
        const jump = document.createElement("button");
        jump.type = "button";
        jump.className = "plain";
        const at = document.createElement("span");
        at.className = "evidence-at";
        at.textContent = clock(e.start_s);
        jump.append(at, " ", e.text);
        jump.addEventListener("click", () => this.events.jump(e.start_s));
        for (const type of ["mouseenter", "focus"]) jump.addEventListener(type, () => this.events.speak(e));
        for (const type of ["mouseleave", "blur"]) jump.addEventListener(type, () => this.events.speak(null));
        item.append(jump);
        return item;
      }),
    );
  }

  private showWords(c: Clip, moment: Moment | undefined): void {
    for (const tag of this.tags) {
      tag.checked = c.tags.includes(tag.value);
      const offered = tag.parentElement?.querySelector<HTMLElement>(".tag");
      if (offered) offered.hidden = !moment?.principles.includes(tag.value);
    }
    // What is being written is not taken away from under the hands.
    if (this.note && (this.shown !== c.key || document.activeElement !== this.note) && this.note.value !== c.note) {
      this.note.value = c.note;
    }
    if (this.goal) {
      const own = [...this.goal.options].find((one) => one.dataset["own"] !== undefined);
      own?.remove();
      if (c.goal && ![...this.goal.options].some((one) => one.value === c.goal)) {
        const option = new Option(c.goal, c.goal); // the client's words have changed since
        option.dataset["own"] = "";
        this.goal.add(option);
      }
      this.goal.value = c.goal;
    }
    maybe(this.root, "tags_shown")?.replaceChildren(
      ...c.tags.map((tag) => {
        const item = document.createElement("li");
        item.className = "tag on";
        item.textContent = tag;
        return item;
      }),
    );
    const note = maybe(this.root, "note_shown");
    if (note) note.textContent = [c.note, c.goal].filter(Boolean).join(" · ");
  }
}
