import { commandOf } from "./keys";
import { part } from "./part";

// Keys that are off stay off on this computer.
const keysOff = "attune-keys-off";

// Commands are what a guider can have done, by their names. Buttons name theirs
// by data-command, keys by the table that came with the page.
export class Commands {
  private readonly sheet: HTMLDialogElement;
  private readonly on: HTMLInputElement;

  constructor(
    root: HTMLElement,
    private readonly keys: Record<string, string>,
    private readonly commands: Record<string, () => unknown>,
    private readonly asks: () => boolean, // whether the page wants an answer first
  ) {
    this.sheet = part<HTMLDialogElement>(root, "sheet");
    this.on = part<HTMLInputElement>(root, "keys_on");
    document.addEventListener("keydown", (event) => this.press(event));
    root.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-command]") : null;
      if (button?.dataset["command"]) this.run(button.dataset["command"]);
    });
    // Who clicks goes on with keys where they were: else the space bar, which
    // plays, would press the same button again.
    root.addEventListener("mousedown", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-command], .picture button, .reel-show, [data-move], .review-evidence button, .timeline-clip, .player-bar button")) {
        event.preventDefault();
      }
    });
    this.on.checked = localStorage.getItem(keysOff) === null;
    this.on.addEventListener("change", () => (this.on.checked ? localStorage.removeItem(keysOff) : localStorage.setItem(keysOff, "1")));
  }

  private press(event: KeyboardEvent): void {
    const command = commandOf(event, this.keys);
    if (!command || (this.sheet.open && command !== "sheet")) return;
    // Whoever was writing when it was asked writes no commands.
    if (this.asks()) return;
    // Without keys the sheet, and what every program has, still work.
    if (!this.on.checked && !event.ctrlKey && !event.metaKey && command !== "leave") return;
    event.preventDefault();
    this.run(command);
  }

  private run(name: string): void {
    if (name === "sheet") this.turnSheet();
    else this.commands[name]?.();
  }

  private turnSheet(): void {
    if (this.sheet.open) this.sheet.close();
    else this.sheet.showModal();
  }
}
