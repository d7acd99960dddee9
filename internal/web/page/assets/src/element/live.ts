// <attune-live events="/api/v1/films/…/events"> keeps what is said of films as it
// is: the elements in it with data-film, the film's id, and data-version, as
// version below makes it. Where a film has changed, its element gets the event
// "film", which with hx-trigger="film" fetches it anew, and which bubbles, for
// what is said of all of them; how far the work is goes into its <progress> and
// [data-part="progress"] as it comes. [role=status] in it says what has become of
// the film. The page names the texts "live" and "quantity".
import { t } from "../messages";
import { percent, span } from "../quantity";

interface Film {
  id: string;
  state: string;
  reason?: string;
  place?: number;
  viewing_copy?: string;
}

interface Progress {
  film?: string;
  stage: string;
  share: number;
  left_s?: number;
}

// After so long a stream is asked for again that was refused, as when the account
// has too many open, in milliseconds; after any other end the browser does that.
const again = 5000;

// The parts of the work that there are texts for, as FilmState.StageKey has them.
const stages = ["looking_and_listening", "cutting_the_draft_reel"];

const version = (film: Film) => [film.state, film.place ?? 0, film.viewing_copy ?? "", film.reason ? "told" : ""].join("-");

class Live extends HTMLElement {
  private source: EventSource | undefined;
  private timer = 0;

  connectedCallback(): void {
    this.listen();
    window.addEventListener("pagehide", this.stop);
    window.addEventListener("pageshow", this.begin);
    document.addEventListener("visibilitychange", this.turn);
    this.addEventListener("htmx:afterSettle", this.begin);
    this.addEventListener("htmx:beforeSwap", this.leave);
    this.addEventListener("htmx:afterSettle", this.settle);
  }

  disconnectedCallback(): void {
    this.stop();
    window.removeEventListener("pagehide", this.stop);
    window.removeEventListener("pageshow", this.begin);
    document.removeEventListener("visibilitychange", this.turn);
    this.removeEventListener("htmx:afterSettle", this.begin);
    this.removeEventListener("htmx:beforeSwap", this.leave);
    this.removeEventListener("htmx:afterSettle", this.settle);
  }

  // A page that browsers keep for going back to, and one in a tab that nobody
  // looks at, would keep its stream too, and there are only six connections to
  // one service, over all tabs.
  private stop = (): void => {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  };

  // Whoever comes back to the tab is told at once how the films are: a new stream
  // begins with that.
  private turn = (): void => {
    if (document.hidden) this.stop();
    else this.begin();
  };

  // begin listens once there is something to listen for, and somebody looks.
  private begin = (): void => {
    if (!this.source) this.listen();
  };

  private listen(): void {
    const from = this.getAttribute("events");
    if (!from || document.hidden || !this.querySelector("[data-film]")) return;
    const source = new EventSource(from);
    this.source = source;
    source.addEventListener("film", (event: MessageEvent<string>) => this.film(JSON.parse(event.data) as Film));
    source.addEventListener("progress", (event: MessageEvent<string>) => this.progress(JSON.parse(event.data) as Progress));
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return; // it comes back by itself
      this.timer = window.setTimeout(() => this.listen(), again);
    });
  }

  private film(film: Film): void {
    const element = this.querySelector<HTMLElement>(`[data-film="${CSS.escape(film.id)}"]`);
    if (!element || element.dataset["version"] === version(film)) return;
    element.dataset["version"] = version(film);
    element.dispatchEvent(new CustomEvent("film", { bubbles: true }));
  }

  private progress(progress: Progress): void {
    const element = this.querySelector<HTMLElement>(progress.film ? `[data-film="${CSS.escape(progress.film)}"]` : "[data-film]");
    const bar = element?.querySelector("progress");
    if (bar) {
      bar.max = 1;
      bar.value = progress.share;
    }
    const said = element?.querySelector("[data-part=progress]");
    if (!said) return;
    const values = { Percent: percent(progress.share), Left: span(progress.left_s ?? 0) };
    const slug = progress.stage.toLowerCase().replaceAll(" ", "_");
    const stage = t(`live.stage_${stages.includes(slug) ? slug : "working"}`);
    said.textContent = `${stage}: ${t(progress.left_s ? "live.progress_left" : "live.progress", values)}`;
  }

  private left = "";

  // Whoever was at a part that is exchanged stays there, whatever others are
  // exchanged meanwhile: left is the id of that part.
  private leave = (event: Event): void => {
    const part = event.target;
    if (!(part instanceof HTMLElement)) return;
    if (part.contains(document.activeElement)) this.left = part.id;
    else if (this.left === part.id) this.left = "";
  };

  private settle = (event: Event): void => {
    const part = event.target;
    if (!(part instanceof HTMLElement)) return;
    const status = this.querySelector("[role=status]");
    const said = part.dataset["said"] ?? part.querySelector<HTMLElement>("[data-said]")?.dataset["said"];
    if (status && said) status.textContent = said;
    if (this.left !== part.id) return;
    this.left = "";
    if (!part.contains(document.activeElement)) part.querySelector<HTMLElement>("a, button, [tabindex]")?.focus();
  };
}
customElements.define("attune-live", Live);
