// <attune-review> is the review of a film: the player, the timeline under it,
// the suggested moments as pictures, the chosen clip with its evidence, and the
// reel. It is written by the template review.html, which brings the data too;
// this gives it its life.
//
// What can be done is in the parts of ../review, which all work at one bench.
// This ties them to each other, to the film and to the page.
import type { PlayerElement, TimelineElement } from "../film";
import { t } from "../messages";
import { type Span, join } from "../played";
import { Bench } from "../review/bench";
import { Commands } from "../review/commands";
import { Conflict } from "../review/conflict";
import { Cutter } from "../review/cutter";
import { Decision } from "../review/decision";
import { Dispute } from "../review/dispute";
import { clock } from "../review/instant";
import { type Clip, type PageData, type ReviewData, same } from "../review/model";
import { Names } from "../review/naming";
import { Others } from "../review/others";
import { Own } from "../review/own";
import { Panel } from "../review/panel";
import { maybe, part } from "../review/part";
import { Reel } from "../review/reel";
import { Saver, type Standing } from "../review/saver";
import { Screen } from "../review/screen";
import { Shelf } from "../review/shelf";
import { Stills } from "../review/stills";

// How long a sentence stays over the page on a telephone, in milliseconds.
const reading = 8_000;
// How often the service is told what was played, at most, in milliseconds.
const telling = 10_000;
// How many times longer than a clip the view of the timeline is at most, for the
// bar of the clip to be broad enough for a finger (24 pixels) on a telephone.
const nearness = 12;
// How much closer the timeline comes at a key.
const zooming = 1.5;

class Review extends HTMLElement {
  private data!: PageData;
  private bench!: Bench;
  private saver!: Saver;
  private player!: PlayerElement;
  private timeline!: TimelineElement;
  private panel!: Panel;
  private screen!: Screen;
  private shelf!: Shelf;
  private stills!: Stills;
  private decision!: Decision;
  private cutter!: Cutter;
  private own!: Own;
  private reel!: Reel;
  private dispute!: Dispute;
  private others: Others | undefined;
  private readonly conflict = new Conflict(this, (key) => this.titleOf(key));
  private says = 0;
  private told = 0;
  private standing: Standing = "saved";

  connectedCallback(): void {
    const text = this.querySelector("#review")?.textContent;
    if (!text) return;
    this.data = JSON.parse(text) as PageData;
    this.player = this.querySelector<PlayerElement>("attune-player")!;
    this.timeline = this.querySelector<TimelineElement>("attune-timeline")!;
    this.saver = new Saver(this.data.film.id, {
      standing: (now) => this.stand(now),
      saved: (key, clip) => this.saved(key, clip),
      refused: (refusal, review) => this.dispute.refused(refusal, review),
    });
    this.bench = new Bench(this.data, this.saver, {
      render: () => this.render(),
      say: (text) => this.say(text),
      unsaved: () => this.stand("saving"),
    });
    this.bench.take(this.data.review);
    if (this.data.may_change && this.saver.resume()) this.bench.read(this.data.review);
    this.build();
    this.listen();
    this.timeline.film = { signals: this.data.film.signals, duration: this.data.film.duration_s };
    this.screen.begin(() => {
      part(this, "viewing").hidden = true;
      this.say(t("review.live.film_ready"));
    });
    this.render();
  }

  disconnectedCallback(): void {
    this.others?.close();
  }

  // ---- its parts

  private build(): void {
    const { bench } = this;
    this.screen = new Screen(this.player, this.data.film, part<HTMLInputElement>(this, "loop"));
    this.stills = new Stills(this.data.moments, this.screen);
    this.decision = new Decision(bench, this.screen);
    this.cutter = new Cutter(bench, this.screen);
    this.own = new Own(bench, this.screen, { added: () => this.draw(), deleted: () => this.panel.focus() });
    this.reel = new Reel(bench);
    this.panel = new Panel(part(this, "clip"), {
      jump: (to) => this.screen.jump(to),
      speak: (of) => {
        this.timeline.evidence = of ? [{ start: of.start_s, end: of.end_s }] : [];
      },
      tag: (tags) => bench.set(t("review.live.tagged"), { tags }),
      note: (text) => bench.clip && bench.writing.write(bench.clip, text),
      written: () => bench.writing.end(),
      goal: (goal) => bench.set(t("review.live.goal_set"), { goal }),
    });
    this.dispute = new Dispute(bench, this.conflict, this.panel);
    this.shelf = new Shelf(this, this.data.may_change, {
      choose: (key) => this.choose(key, true),
      move: (key, by) => this.reel.move(key, by),
      place: (key, at) => this.reel.placeAt(key, at),
    });
    new Commands(this, this.data.keys, this.commands(), () => this.conflict.open);
    this.others = new Others(bench);
  }

  private commands(): Record<string, () => unknown> {
    const { bench, screen, player, timeline, panel, decision, cutter, own, reel, dispute } = this;
    return {
      next: () => this.go(1),
      previous: () => this.go(-1),
      keep: () => decision.keep(),
      aside: () => decision.setAside(),
      undo: () => decision.turn("undo"),
      redo: () => decision.turn("redo"),
      play: () => screen.toggle(bench.clip),
      again: () => bench.clip && screen.play(bench.clip, bench.clip.start_s),
      loop: () => {
        const box = part<HTMLInputElement>(this, "loop");
        box.checked = !box.checked;
        this.loops();
      },
      back_frame: () => void player.step(-1),
      on_frame: () => void player.step(1),
      back: () => screen.by(-1),
      on: () => screen.by(1),
      rate_1: () => (player.rate = 1),
      rate_2: () => (player.rate = 0.5),
      rate_4: () => (player.rate = 0.25),
      closer: () => timeline.zoom(zooming),
      farther: () => timeline.zoom(1 / zooming),
      whole: () => timeline.showAll(),
      start_here: () => cutter.cut("start", () => screen.time),
      end_here: () => cutter.cut("end", () => screen.end),
      start_earlier: () => cutter.cut("start", (c) => screen.frame(c.start_s, -1)),
      start_later: () => cutter.cut("start", (c) => screen.frame(c.start_s, 1)),
      end_earlier: () => cutter.cut("end", (c) => screen.frame(c.end_s, -1)),
      end_later: () => cutter.cut("end", (c) => screen.frame(c.end_s, 1)),
      longer: () => cutter.widen(1),
      shorter: () => cutter.widen(-1),
      split: () => cutter.split(),
      mark_in: () => own.begin(),
      mark_out: () => own.end(),
      delete: () => own.remove(),
      tags: () => panel.focusTags(),
      // Not before the key is up: held a little longer it would write itself.
      note: () => addEventListener("keyup", () => panel.focusNote(), { once: true }),
      leave: () => {
        own.drop();
        panel.focus();
      },
      earlier: () => reel.move(bench.chosen, -1),
      later: () => reel.move(bench.chosen, 1),
      take_theirs: () => dispute.settle(false),
      use_mine: () => dispute.settle(true),
      lost_read: () => dispute.read(),
      retry_viewing: () => void this.retryViewing(),
    };
  }

  private async retryViewing(): Promise<void> {
    try {
      await fetch(`/api/v1/films/${this.data.film.id}/viewing/retry`, { method: "POST" });
    } finally {
      location.reload();
    }
  }

  // ---- what it listens to

  private listen(): void {
    part<HTMLInputElement>(this, "loop").addEventListener("change", () => this.loops());
    this.listenToFilm();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        this.bench.writing.end();
        if (this.data.may_change) void this.saver.tell();
      } else {
        void this.others?.refresh();
      }
    });
    addEventListener("beforeunload", (event) => {
      this.bench.writing.end();
      if (!this.saver.idle || this.conflict.open) event.preventDefault();
    });
  }

  private listenToFilm(): void {
    this.player.addEventListener("ready", () => {
      this.timeline.frames = this.player.frames;
      const c = this.bench.clip;
      if (c && this.player.time === 0) void this.player.seek(c.start_s); // what the panel speaks of
    });
    this.player.addEventListener("time", (e) => {
      this.timeline.time = e.detail.time;
      this.draw();
    });
    this.player.addEventListener("played", (e) => this.played([e.detail.start, e.detail.end]));
    this.timeline.addEventListener("seek", (e) => void this.player.seek(e.detail.time));
    this.timeline.addEventListener("select", (e) => this.choose(e.detail.id, false));
    this.timeline.addEventListener("trim", (e) => {
      if (e.detail.done) this.cutter.trim(e.detail.id, [e.detail.start, e.detail.end], e.detail.edge);
      else void this.player.seek(e.detail.at);
    });
  }

  private played(span: Span): void {
    const { board, clip } = this.bench;
    board.played = join(board.played, span);
    this.timeline.played = board.played.map(([start, end]) => ({ start, end }));
    if (clip) this.renderPanel(clip);
    if (!this.data.may_change) return;
    this.saver.play(span);
    if (Date.now() - this.told > telling) {
      this.told = Date.now();
      void this.saver.tell();
    }
  }

  private loops(): void {
    this.say(part<HTMLInputElement>(this, "loop").checked ? t("review.live.loops") : t("review.live.goes_on"));
    this.screen.loop(this.bench.clip);
  }

  // ---- choosing

  // choose shows a clip and plays it.
  private choose(key: string, plays: boolean): void {
    const c = this.bench.board.clips.get(key);
    if (!c) return;
    this.bench.writing.end();
    this.bench.choose(key);
    this.render();
    this.shelf.reveal(key);
    this.reveal(c);
    if (plays) {
      this.panel.focus();
      this.screen.play(c, c.start_s);
    }
  }

  // reveal brings the clip near enough in the timeline to work on it, unless it
  // is.
  private reveal(c: Clip): void {
    const { start, end } = this.timeline.view;
    const seen = c.start_s >= start && c.end_s <= end;
    if (!seen || end - start > nearness * (c.end_s - c.start_s)) this.timeline.show({ start: c.start_s, end: c.end_s });
  }

  private go(by: number): void {
    const { list } = this.bench.board;
    if (list.length === 0) return;
    const at = list.findIndex((c) => c.key === this.bench.chosen);
    const next = list[Math.min(list.length - 1, Math.max(0, at + by))];
    if (next) this.choose(next.key, true);
  }

  // ---- saving

  private stand(now: Standing): void {
    const was = this.standing;
    this.standing = now;
    const text: Record<Standing, string> = {
      saved: t("review.live.saved"),
      saving: t("review.live.saving"),
      offline: t("review.live.offline"),
      "signed-out": t("review.live.signed_out"),
    };
    const standing = part(this, "standing");
    if (standing.textContent !== text[now]) standing.textContent = text[now];
    standing.classList.toggle("alert", now === "offline" || now === "signed-out");
    if (now === "saved" && was !== "saved") this.others?.tell();
  }

  // saved: the service has a clip as it tells it, which is what counts.
  private saved(key: string, clip: ReviewData["clips"][number]): void {
    const { board, writing } = this.bench;
    if (key !== clip.id) board.clips.delete(clip.id);
    const c = board.clips.get(key);
    if (!c || this.saver.waitsFor(key) || same(c, clip) || writing.open) return;
    board.adopt(key, clip);
    this.render();
  }

  // ---- showing

  private titleOf(key: string): string {
    const c = this.bench.board.clips.get(key);
    return c ? this.bench.nameOf(c) : "";
  }

  private say(text: string): void {
    const said = part(this, "said");
    said.textContent = text;
    said.classList.remove("past");
    clearTimeout(this.says);
    this.says = window.setTimeout(() => said.classList.add("past"), reading);
  }

  private render(): void {
    const { bench } = this;
    const { board } = bench;
    const { list } = board;
    // One is always chosen, while there is one.
    if (!bench.clip) bench.chosen = list.find((c) => c.key === bench.previous)?.key ?? list[0]?.key ?? "";
    const names = new Names(board.clips.values());
    this.shelf.show(list, board.reel, bench.chosen, names, (c) => this.stills.of(c));
    this.renderReel(board.reel);
    this.renderTimeline(list, names);
    const marked = maybe(this, "marked");
    if (marked) marked.textContent = this.own.begun === null ? "" : t("review.live.begun", { At: clock(this.own.begun) });
    for (const [name, step] of [
      ["undo", board.undoable],
      ["redo", board.redoable],
    ] as const) {
      const button = this.querySelector<HTMLButtonElement>(`[data-command=${name}]`);
      if (!button) continue;
      button.disabled = !step;
      button.title = step?.said ?? "";
    }
    if (bench.clip) this.renderPanel(bench.clip);
    else this.panel.show(undefined, "", undefined, []);
  }

  private renderReel(reel: Clip[]): void {
    const length = reel.reduce((sum, c) => sum + c.end_s - c.start_s, 0);
    part(this, "reel_length").textContent =
      reel.length === 0 ? t("review.live.reel_empty") : t("review.live.reel_length", { Count: reel.length, Length: clock(length) });
    part(this, "to_reel").classList.toggle("main", this.data.may_change && reel.length > 0); // what is next
  }

  private renderTimeline(list: Clip[], names: Names): void {
    const { bench, timeline } = this;
    timeline.clips = list.map((c) => ({
      id: c.key,
      label: names.of(c),
      short: names.short(c),
      state: c.state,
      start: c.start_s,
      end: c.end_s,
      locked: !this.data.may_change,
    }));
    // At first the whole film is seen, with all its moments and handles on none.
    timeline.selected = bench.chosenBefore ? bench.chosen || null : null;
    timeline.marked = this.own.begun === null ? null : { start: this.own.begun, end: null };
    timeline.played = bench.board.played.map(([start, end]) => ({ start, end }));
  }

  private renderPanel(c: Clip): void {
    this.panel.show(c, this.bench.nameOf(c), this.data.moments.find((m) => m.id === c.moment), this.bench.board.played);
  }

  private draw(): void {
    if (this.stills.draw(this.bench.clip)) this.render();
  }
}

customElements.define("attune-review", Review);
