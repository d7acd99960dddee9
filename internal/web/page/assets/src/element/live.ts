// <attune-live events="/api/v1/films/…/events"> keeps what is said of films as it
// is: the elements in it with data-film, the film's id, and data-version, as
// version below makes it. Where a film has changed, its element gets the event
// "film", which with hx-trigger="film" fetches it anew, and which bubbles, for
// what is said of all of them; how far the work is goes into its <progress> and
// [data-part="progress"] as it comes. [role=status] in it says what has become of
// the film. The page names the texts "live" and "quantity".
import { t } from "../messages";
import { percent, span } from "../quantity";
import { Stream } from "../stream";

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

// The parts of the work that there are texts for, as FilmState.StageKey has them.
const stages = ["looking_and_listening", "cutting_the_draft_reel"];

const version = (film: Film) => [film.state, film.place ?? 0, film.viewing_copy ?? "", film.reason ? "told" : ""].join("-");

class Live extends HTMLElement {
  private stream: Stream | undefined;

  connectedCallback(): void {
    const from = this.getAttribute("events");
    if (from) {
      const hear = {
        film: (event: MessageEvent<string>) => this.film(JSON.parse(event.data) as Film),
        progress: (event: MessageEvent<string>) => this.progress(JSON.parse(event.data) as Progress),
      };
      this.stream = new Stream(from, hear, () => this.querySelector("[data-film]") !== null);
    }
    this.begin();
    this.addEventListener("htmx:afterSettle", this.begin);
    this.addEventListener("htmx:beforeSwap", this.leave);
    this.addEventListener("htmx:afterSettle", this.settle);
  }

  disconnectedCallback(): void {
    this.stream?.close();
    this.removeEventListener("htmx:afterSettle", this.begin);
    this.removeEventListener("htmx:beforeSwap", this.leave);
    this.removeEventListener("htmx:afterSettle", this.settle);
  }

  // begin listens once there is something to listen for.
  private begin = (): void => this.stream?.open();

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
