import { t } from "../messages";
import type { Clip } from "./model";
import type { Names } from "./naming";
import { part, Rows } from "./part";

// What the shelf asks for.
export interface ShelfEvents {
  choose(key: string): void;
  move(key: string, by: number): void; // in the reel
  place(key: string, at: string): void; // in the reel, where another is
}

// Shelf shows the clips as pictures: all of them, and those of the reel in its
// order.
export class Shelf {
  private readonly pictures: Rows<Clip>;
  private readonly reel: Rows<Clip>;
  private names!: Names;
  private chosen = "";
  private stillOf!: (c: Clip) => string;
  private count = 0; // of the reel

  constructor(root: HTMLElement, mayChange: boolean, events: ShelfEvents) {
    this.pictures = new Rows(
      part(root, "pictures"),
      part<HTMLTemplateElement>(root, "picture"),
      (row, key) => row.querySelector("button")!.addEventListener("click", () => events.choose(key)),
      (row, c) => this.fillPicture(row, c),
    );
    this.reel = new Rows(
      part(root, "reel"),
      part<HTMLTemplateElement>(root, "row"),
      (row, key) => {
        row.querySelector(".reel-show")!.addEventListener("click", () => events.choose(key));
        for (const button of row.querySelectorAll<HTMLElement>("[data-move]")) {
          button.addEventListener("click", () => events.move(key, Number(button.dataset["move"])));
        }
        if (mayChange) drags(row, key, events);
      },
      (row, c, i) => this.fillRow(row, c, i),
    );
  }

  show(all: Clip[], reel: Clip[], chosen: string, names: Names, stillOf: (c: Clip) => string): void {
    [this.names, this.chosen, this.stillOf, this.count] = [names, chosen, stillOf, reel.length];
    this.pictures.show(all);
    this.reel.show(reel);
  }

  // reveal brings a picture into sight.
  reveal(key: string): void {
    this.pictures.row(key)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  private fillStill(row: HTMLElement, c: Clip): void {
    const still = this.stillOf(c);
    const image = row.querySelector("img")!;
    image.hidden = still === "";
    if (still && image.getAttribute("src") !== still) image.src = still;
  }

  private fillPicture(row: HTMLElement, c: Clip): void {
    row.dataset["state"] = c.state;
    const button = row.querySelector("button")!;
    if (c.key === this.chosen) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    this.fillStill(row, c);
    row.querySelector(".picture-name")!.textContent = this.names.of(c);
    row.querySelector(".picture-time")!.textContent = t("review.live.seconds", { Seconds: Math.round(c.end_s - c.start_s) });
    const state = row.querySelector<HTMLElement>(".picture-state")!;
    state.hidden = c.state === "suggested";
    state.textContent = c.state === "kept" ? t("review.live.state_kept") : t("review.live.state_aside");
    state.classList.toggle("on", c.state === "kept");
  }

  private fillRow(row: HTMLElement, c: Clip, i: number): void {
    const name = this.names.of(c);
    this.fillStill(row, c);
    row.querySelector(".reel-name")!.textContent = t("review.live.reel_row", { Name: name, Seconds: Math.round(c.end_s - c.start_s) });
    for (const button of row.querySelectorAll<HTMLButtonElement>("[data-move]")) {
      const up = button.dataset["move"] === "-1";
      // Not disabled: that would take the focus away from who moves it to the end.
      button.setAttribute("aria-disabled", String(up ? i === 0 : i === this.count - 1));
      button.querySelector(".unseen")!.textContent = up ? t("review.live.earlier", { Name: name }) : t("review.live.later", { Name: name });
    }
  }
}

// drags lets a row of the reel be dragged to the place of another.
function drags(row: HTMLElement, key: string, events: ShelfEvents): void {
  row.draggable = true;
  row.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/plain", key));
  row.addEventListener("dragover", (event) => event.preventDefault());
  row.addEventListener("drop", (event) => {
    event.preventDefault();
    events.place(event.dataTransfer?.getData("text/plain") ?? "", key);
  });
}
