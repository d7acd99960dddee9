// <attune-preview tell length played="[[start, end], …]"> notes what is played of
// a reel of that length, in seconds, tells it to the service at that address,
// and holds back the form in it until the reel was played. In it are also the
// <video>, a [data-part=unplayed], which says what is missing, and a
// [data-part=said], which says aloud what matters of that. Without "tell" there is
// nothing to be confirmed. The page names the texts "reel.live".
import { t } from "../messages";
import { type Span, hasPlayed, join, longest, unplayed } from "../played";

// While it plays, what was played is told so often, in milliseconds.
const often = 5000;

class Preview extends HTMLElement {
  #played: Span[] = [];
  #told = "";
  #last = 0; // when it was told
  #leaving = false;

  connectedCallback(): void {
    const video = this.querySelector("video");
    const form = this.querySelector("form");
    if (!this.hasAttribute("tell") || !video || !form) return;
    this.#played = JSON.parse(this.getAttribute("played") ?? "[]") as Span[];
    this.#told = JSON.stringify(this.#played);
    for (const event of ["timeupdate", "pause", "ended", "seeked"]) {
      video.addEventListener(event, () => this.#watch(video, event === "timeupdate"));
    }
    window.addEventListener("pagehide", this.#leave);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit(video, form);
    });
    this.#show();
  }

  disconnectedCallback(): void {
    window.removeEventListener("pagehide", this.#leave);
  }

  get #length(): number {
    return Number(this.getAttribute("length"));
  }

  get #enough(): boolean {
    return hasPlayed(this.#played, [0, this.#length]);
  }

  #watch(video: HTMLVideoElement, later: boolean): void {
    const was = this.#enough;
    for (let i = 0; i < video.played.length; i++) {
      if (video.played.end(i) > video.played.start(i)) {
        this.#played = join(this.#played, [video.played.start(i), video.played.end(i)]);
      }
    }
    this.#show();
    if (this.#enough && !was) this.#say("said", t("reel.live.played"));
    if (!later || this.#enough !== was || performance.now() - this.#last > often) void this.#tell();
  }

  readonly #leave = (): void => void this.#tell(true);

  // tell says whether the service knows what was played.
  async #tell(leaving = false): Promise<boolean> {
    const played = JSON.stringify(this.#played);
    if (played === this.#told) return true;
    this.#last = performance.now();
    try {
      const answer = await fetch(this.getAttribute("tell") ?? "", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ played: longest(this.#played) }),
        keepalive: leaving,
      });
      // A refusal, as of somebody who is signed out, is for the form to show.
      if (answer.ok) this.#told = played;
      return answer.status < 500;
    } catch {
      return false;
    }
  }

  async #submit(video: HTMLVideoElement, form: HTMLFormElement): Promise<void> {
    if (!this.#enough) {
      this.#say("said", this.#missing);
      video.focus();
      return;
    }
    if (this.#leaving) return;
    this.#leaving = true;
    if (await this.#tell()) form.submit();
    else for (const part of ["unplayed", "said"]) this.#say(part, t("reel.live.unsaved"));
    this.#leaving = false;
  }

  get #missing(): string {
    if (this.#enough) return t("reel.live.played");
    return t("reel.live.unplayed", { Count: Math.max(1, Math.round(unplayed(this.#played, [0, this.#length]).missing)) });
  }

  #show(): void {
    this.#say("unplayed", this.#missing);
    this.querySelector("form button")?.setAttribute("aria-disabled", String(!this.#enough));
  }

  #say(part: string, text: string): void {
    const found = this.querySelector(`[data-part="${part}"]`);
    if (found && found.textContent !== text) found.textContent = text;
  }
}
customElements.define("attune-preview", Preview);
