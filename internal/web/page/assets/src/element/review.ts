// <attune-review> is the review of a film: the player, the timeline under it,
// the suggested moments as pictures, the chosen clip with its evidence, and the
// reel. It is written by the template review.html, which brings the data too;
// this gives it its life.
//
// Every command is a method of Commands below. Buttons name theirs by
// data-command, keys by the table that came with the page.
import type { PlayerElement, TimelineElement } from "../film";
import { t } from "../messages";
import { Board, type Change, type Step } from "../review/board";
import { Conflict } from "../review/conflict";
import { clock } from "../review/instant";
import { commandOf } from "../review/keys";
import { type Span, hasPlayed, join, unplayed } from "../played";
import { type Clip, type Fields, type PageData, type ReviewData, same, shortest } from "../review/model";
import { Names } from "../review/naming";
import { Panel } from "../review/panel";
import { maybe, part } from "../review/part";
import { remake } from "../review/remake";
import { type Refusal, Saver, type Standing } from "../review/saver";
import { Screen } from "../review/screen";
import { Shelf } from "../review/shelf";

// How long is waited after the last letter before a note is saved, in milliseconds.
const thinking = 800;
// How long a sentence stays over the page on a telephone, in milliseconds.
const reading = 8_000;
// How often the service is told what was played, at most, in milliseconds.
const telling = 10_000;
// How many times longer than a clip the view of the timeline is at most, for the
// bar of the clip to be broad enough for a finger (24 pixels) on a telephone.
const nearness = 12;
// How much closer the timeline comes at a key.
const zooming = 1.5;
// Keys that are off stay off on this computer.
const keysOff = "attune-keys-off";

class Review extends HTMLElement {
  private data!: PageData;
  private board = new Board();
  private saver!: Saver;
  private player!: PlayerElement;
  private timeline!: TimelineElement;
  private panel!: Panel;
  private screen!: Screen;
  private shelf!: Shelf;
  private others: BroadcastChannel | undefined;
  private chosen = ""; // key of the clip
  private previous = ""; // that was chosen before it
  private chosenBefore = false; // by the guider, not by the page
  private begun: number | null = null; // where a clip in the making begins
  private writing: Step | undefined; // of a note, as long as it is the same writing
  private thinks = 0;
  private says = 0;
  private told = 0;
  private drawn = new Map<string, string>(); // pictures of clips that the analysis has none of
  private conflict = new Conflict(this, (key) => this.titleOf(key));
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
      refused: (refusal, review) => this.refused(refusal, review),
    });
    this.take(this.data.review);
    if (this.data.may_change && this.saver.resume()) this.board.read(this.data.review, (id) => this.saver.keyOf(id), this.saver.pending);
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

  private take(review: ReviewData): void {
    this.saver.read(review);
    this.board.read(review, (id) => this.saver.keyOf(id), this.saver.pending);
  }

  // ---- what it listens to

  private listen(): void {
    this.panel = new Panel(part(this, "clip"), {
      jump: (to) => this.screen.jump(to),
      speak: (of) => {
        this.timeline.evidence = of ? [{ start: of.start_s, end: of.end_s }] : [];
      },
      tag: (tags) => this.set(t("review.live.tagged"), { tags }),
      note: (text) => this.write(text),
      written: () => this.written(),
      goal: (goal) => this.set(t("review.live.goal_set"), { goal }),
    });
    this.shelf = new Shelf(this, this.data.may_change, {
      choose: (key) => this.choose(key, true),
      move: (key, by) => this.move(key, by),
      place: (key, at) => this.place(key, this.board.reel.findIndex((c) => c.key === at)),
    });
    this.screen = new Screen(this.player, this.data.film, part<HTMLInputElement>(this, "loop"));
    document.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-command]") : null;
      if (button?.dataset["command"]) this.command(button.dataset["command"]);
    });
    // Who clicks goes on with keys where they were: else the space bar, which
    // plays, would press the same button again.
    this.addEventListener("mousedown", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-command], .picture button, .reel-show, [data-move], .review-evidence button, .timeline-clip, .player-bar button")) {
        event.preventDefault();
      }
    });
    part<HTMLInputElement>(this, "loop").addEventListener("change", () => this.loops());
    const on = part<HTMLInputElement>(this, "keys_on");
    on.checked = localStorage.getItem(keysOff) === null;
    on.addEventListener("change", () => (on.checked ? localStorage.removeItem(keysOff) : localStorage.setItem(keysOff, "1")));
    this.listenToFilm();
    this.listenToOthers();
  }

  private listenToFilm(): void {
    this.player.addEventListener("ready", () => {
      this.timeline.frames = this.player.frames;
      const c = this.clip;
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
      if (e.detail.done) this.trim(e.detail.id, [e.detail.start, e.detail.end], e.detail.edge);
      else void this.player.seek(e.detail.at);
    });
  }

  private listenToOthers(): void {
    if (typeof BroadcastChannel !== "undefined") {
      this.others = new BroadcastChannel(`attune-review-${this.data.film.id}`);
      this.others.addEventListener("message", () => void this.refresh());
    }
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        this.written();
        if (this.data.may_change) void this.saver.tell();
      } else {
        void this.refresh();
      }
    });
    addEventListener("beforeunload", (event) => {
      this.written();
      if (!this.saver.idle || this.conflict.open) event.preventDefault();
    });
  }

  // ---- keys and buttons

  private press(event: KeyboardEvent): void {
    const command = commandOf(event, this.data.keys);
    const sheet = part<HTMLDialogElement>(this, "sheet");
    if (!command || (sheet.open && command !== "sheet")) return;
    // Whoever was writing when it was asked writes no commands.
    if (this.conflict.open) return;
    // Without keys the sheet, and what every program has, still work.
    if (!part<HTMLInputElement>(this, "keys_on").checked && !event.ctrlKey && !event.metaKey && command !== "leave") return;
    event.preventDefault();
    this.command(command);
  }

  private command(name: string): void {
    const commands: Record<string, () => unknown> = {
      next: () => this.go(1),
      previous: () => this.go(-1),
      keep: () => this.keep(),
      aside: () => this.aside(),
      undo: () => this.turn("undo"),
      redo: () => this.turn("redo"),
      play: () => this.screen.toggle(this.clip),
      again: () => this.clip && this.screen.play(this.clip, this.clip.start_s),
      loop: () => {
        const box = part<HTMLInputElement>(this, "loop");
        box.checked = !box.checked;
        this.loops();
      },
      back_frame: () => void this.player.step(-1),
      on_frame: () => void this.player.step(1),
      back: () => this.screen.by(-1),
      on: () => this.screen.by(1),
      rate_1: () => (this.player.rate = 1),
      rate_2: () => (this.player.rate = 0.5),
      rate_4: () => (this.player.rate = 0.25),
      closer: () => this.timeline.zoom(zooming),
      farther: () => this.timeline.zoom(1 / zooming),
      whole: () => this.timeline.showAll(),
      start_here: () => this.cut("start", () => this.player.time),
      end_here: () => this.cut("end", () => this.screen.end),
      start_earlier: () => this.cut("start", (c) => this.screen.frame(c.start_s, -1)),
      start_later: () => this.cut("start", (c) => this.screen.frame(c.start_s, 1)),
      end_earlier: () => this.cut("end", (c) => this.screen.frame(c.end_s, -1)),
      end_later: () => this.cut("end", (c) => this.screen.frame(c.end_s, 1)),
      longer: () => this.widen(1),
      shorter: () => this.widen(-1),
      split: () => this.split(),
      mark_in: () => this.markIn(),
      mark_out: () => this.markOut(),
      delete: () => this.deleteClip(),
      tags: () => this.panel.focusTags(),
      // Not before the key is up: held a little longer it would write itself.
      note: () => addEventListener("keyup", () => this.panel.focusNote(), { once: true }),
      leave: () => this.leave(),
      earlier: () => this.move(this.chosen, -1),
      later: () => this.move(this.chosen, 1),
      sheet: () => this.sheet(),
      take_theirs: () => this.settle(false),
      use_mine: () => this.settle(true),
      lost_read: () => {
        this.conflict.read();
        this.panel.focus();
      },
      retry_viewing: () => void this.retryViewing(),
    };
    commands[name]?.();
  }

  private sheet(): void {
    const sheet = part<HTMLDialogElement>(this, "sheet");
    if (sheet.open) sheet.close();
    else sheet.showModal();
  }

  private leave(): void {
    if (this.begun !== null) {
      this.begun = null;
      this.render();
    }
    this.panel.focus();
  }

  private async retryViewing(): Promise<void> {
    try {
      await fetch(`/api/v1/films/${this.data.film.id}/viewing/retry`, { method: "POST" });
    } finally {
      location.reload();
    }
  }

  // ---- looking

  private get clip(): Clip | undefined {
    const c = this.board.clips.get(this.chosen);
    return c?.deleted ? undefined : c;
  }

  private spanOf(c: Clip): Span {
    return [c.start_s, c.end_s];
  }

  // choose shows a clip and plays it.
  private choose(key: string, plays: boolean): void {
    const c = this.board.clips.get(key);
    if (!c) return;
    this.written();
    this.previous = this.chosen;
    this.chosen = key;
    this.chosenBefore = true;
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
    const list = this.board.list;
    if (list.length === 0) return;
    const at = list.findIndex((c) => c.key === this.chosen);
    const next = list[Math.min(list.length - 1, Math.max(0, at + by))];
    if (next) this.choose(next.key, true);
  }

  private loops(): void {
    this.say(part<HTMLInputElement>(this, "loop").checked ? t("review.live.loops") : t("review.live.goes_on"));
    this.screen.loop(this.clip);
  }

  private played(span: Span): void {
    this.board.played = join(this.board.played, span);
    this.timeline.played = this.board.played.map(([start, end]) => ({ start, end }));
    const c = this.clip;
    if (c) this.renderPanel(c);
    if (!this.data.may_change) return;
    this.saver.play(span);
    if (Date.now() - this.told > telling) {
      this.told = Date.now();
      void this.saver.tell();
    }
  }

  // ---- deciding

  // do makes the changes of a step, here and at the service, and says it.
  private do(step: Step): void {
    if (!this.data.may_change) return;
    this.writing = undefined;
    this.board.take(step);
    this.saver.save(...step.does);
    this.render();
    this.say(step.said);
  }

  // set changes fields of the chosen clip.
  private set(said: string, fields: Partial<Fields>, key = this.chosen): void {
    const c = this.board.clips.get(key);
    if (!c || c.deleted) return;
    this.written();
    const was = Object.fromEntries(Object.keys(fields).map((name) => [name, c[name as keyof Fields]])) as Partial<Fields>;
    this.do({ said, does: [{ kind: "set", key, fields }], undoes: [{ kind: "set", key, fields: was }] });
  }

  private keep(): void {
    const c = this.clip;
    if (!c || !this.data.may_change) return;
    if (c.state === "kept") {
      this.set(t("review.live.unkept", { Name: this.nameOf(c) }), { state: "suggested" });
      return;
    }
    const span = this.spanOf(c);
    if (!hasPlayed(this.board.played, span)) {
      const { missing, from } = unplayed(this.board.played, span);
      this.say(t("review.live.play_first", { Seconds: Math.max(1, Math.round(missing)) }));
      if (!this.player.playing) this.screen.play(c, from);
      return;
    }
    this.set(t("review.live.kept", { Name: this.nameOf(c) }), { state: "kept" });
  }

  private aside(): void {
    const c = this.clip;
    if (!c) return;
    if (c.state === "set_aside") this.set(t("review.live.unaside", { Name: this.nameOf(c) }), { state: "suggested" });
    else this.set(t("review.live.set_aside", { Name: this.nameOf(c) }), { state: "set_aside" });
  }

  private turn(way: "undo" | "redo"): void {
    this.written();
    const turned = way === "undo" ? this.board.undo() : this.board.redo();
    if (!turned) {
      this.say(way === "undo" ? t("review.live.no_undo") : t("review.live.no_redo"));
      return;
    }
    this.writing = undefined;
    const { step, changes } = turned;
    this.saver.save(...changes);
    const touched = changes.map((c) => (c.kind === "order" ? "" : c.key)).find((key) => key && !this.board.clips.get(key)?.deleted);
    if (touched) this.chosen = touched;
    this.render();
    this.say(way === "undo" ? t("review.live.undone", { What: step.said }) : t("review.live.redone", { What: step.said }));
  }

  // ---- cutting

  // cut moves an edge of the chosen clip, and shows the picture there.
  private cut(edge: "start" | "end", to: (c: Clip) => number): void {
    const c = this.clip;
    if (!c || !this.data.may_change) return;
    const span = this.spanOf(c);
    span[edge === "start" ? 0 : 1] = to(c);
    this.player.pause();
    this.trim(c.key, span, edge);
    const now = this.clip;
    if (now) void this.player.seek(edge === "start" ? now.start_s : this.screen.frame(now.end_s, -1));
  }

  private widen(by: number): void {
    const c = this.clip;
    if (c) this.trim(c.key, [c.start_s - by, c.end_s + by], "both");
  }

  // trim gives a clip another span, within the film. One that was kept, and
  // becomes longer than what was played, is to be played and kept anew: that is
  // what the records say too.
  private trim(key: string, [start, end]: Span, edge: "start" | "end" | "both"): void {
    const c = this.board.clips.get(key);
    if (!c || !this.data.may_change) return;
    start = Math.max(0, start);
    end = Math.min(this.data.film.duration_s, end);
    if (end - start < shortest) {
      this.say(t("review.live.too_short"));
      this.render(); // the handle back to where the clip is
      return;
    }
    const fields: Partial<Fields> = {};
    if (start !== c.start_s) fields.start_s = start;
    if (end !== c.end_s) fields.end_s = end;
    if (Object.keys(fields).length === 0) return;
    let said = edge === "start" ? t("review.live.starts", { At: clock(start) }) : edge === "end" ? t("review.live.ends", { At: clock(end) }) : t("review.live.spans", { Start: clock(start), End: clock(end) });
    if (c.state === "kept" && !hasPlayed(this.board.played, [start, end])) {
      fields.state = "suggested";
      said += " " + t("review.live.keep_anew");
    }
    this.set(said, fields, key);
    if (this.player.playing && this.player.looped && key === this.chosen) this.player.loop({ start, end });
  }

  private split(): void {
    const c = this.clip;
    if (!c) return;
    const at = this.player.time;
    if (at - c.start_s < shortest || c.end_s - at < shortest) {
      this.say(t("review.live.no_split"));
      return;
    }
    this.written();
    const rest = crypto.getRandomValues(new Uint32Array(4)).join("-");
    const { key, end_s } = c;
    this.do({
      said: t("review.live.split", { Name: this.nameOf(c), At: clock(at) }),
      does: [{ kind: "split", key, at, rest }],
      undoes: [{ kind: "delete", key: rest }, { kind: "set", key, fields: { end_s } }],
      redoes: [{ kind: "set", key, fields: { end_s: at } }, { kind: "restore", key: rest }],
    });
  }

  // ---- clips of the guider's own

  private markIn(): void {
    if (!this.screen.playable) return;
    this.begun = this.player.time;
    this.say(t("review.live.begins", { At: clock(this.begun) }));
    this.render();
  }

  private markOut(): void {
    if (this.begun === null) {
      this.say(t("review.live.no_begin"));
      return;
    }
    const to = this.screen.end;
    const span: Span = [Math.min(this.begun, to), Math.max(this.begun, to)];
    if (span[1] - span[0] < shortest) {
      this.say(t("review.live.too_short"));
      return;
    }
    this.begun = null;
    // The player tells what was played a little later.
    for (const { start, end } of this.player.played) {
      this.board.played = join(this.board.played, [start, end]);
      this.saver.play([start, end]);
    }
    const kept = hasPlayed(this.board.played, span);
    const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
    const fields: Fields = { state: kept ? "kept" : "suggested", start_s: span[0], end_s: span[1], tags: [], goal: "", note: "" };
    this.written();
    this.previous = this.chosen;
    this.chosen = key;
    this.chosenBefore = true;
    this.do({
      said: kept ? t("review.live.added_kept") : t("review.live.added"),
      does: [{ kind: "add", key, fields }],
      undoes: [{ kind: "delete", key }],
      redoes: [{ kind: "restore", key }],
    });
    this.draw();
  }

  private deleteClip(): void {
    const c = this.clip;
    if (!c || !this.data.may_change) return;
    if (!c.by_hand) {
      this.say(t("review.live.not_deleted"));
      return;
    }
    const list = this.board.list;
    const at = list.findIndex((one) => one.key === c.key);
    const next = list[at + 1] ?? list[at - 1];
    const key = c.key;
    this.do({
      said: t("review.live.deleted", { Name: this.nameOf(c) }),
      does: [{ kind: "delete", key }],
      undoes: [{ kind: "restore", key }],
    });
    this.chosen = next?.key ?? "";
    this.render();
    this.panel.focus();
  }

  // ---- words

  private write(text: string): void {
    const c = this.clip;
    if (!c) return;
    const key = c.key;
    if (this.writing && this.board.undoable === this.writing) {
      this.board.more(this.writing, [{ kind: "set", key, fields: { note: text } }]);
    } else {
      this.writing = {
        said: t("review.live.noted"),
        does: [{ kind: "set", key, fields: { note: text } }],
        undoes: [{ kind: "set", key, fields: { note: c.note } }],
      };
      this.board.take(this.writing);
      this.render();
    }
    clearTimeout(this.thinks);
    this.thinks = window.setTimeout(() => this.saveNote(), thinking);
    this.stand("saving");
  }

  private saveNote(): void {
    this.saver.save(...this.unsent());
  }

  // unsent takes what was written since a note was last sent.
  private unsent(): Change[] {
    const waits = this.thinks !== 0;
    clearTimeout(this.thinks);
    this.thinks = 0;
    return waits && this.writing ? this.writing.does : [];
  }

  // written: what is written now would be another note.
  private written(): void {
    if (this.thinks) this.saveNote();
    this.writing = undefined;
  }

  // ---- the reel

  private move(key: string, by: number): void {
    const was = this.board.reel.map((c) => c.key);
    const at = was.indexOf(key);
    if (at < 0) {
      this.say(t("review.live.not_in_reel"));
      return;
    }
    this.place(key, at + by);
  }

  private place(key: string, to: number): void {
    const was = this.board.reel.map((c) => c.key);
    const at = was.indexOf(key);
    if (at < 0 || to < 0 || to >= was.length || to === at) return;
    const keys = was.filter((one) => one !== key);
    keys.splice(to, 0, key);
    this.do({
      said: t("review.live.moved", { Name: this.nameOf(this.board.clips.get(key)!), Place: to + 1, Count: was.length }),
      does: [{ kind: "order", keys }],
      undoes: [{ kind: "order", keys: was }],
    });
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
    if (now === "saved" && was !== "saved") this.others?.postMessage("saved");
  }

  // saved: the service has a clip as it tells it, which is what counts.
  private saved(key: string, clip: ReviewData["clips"][number]): void {
    if (key !== clip.id) this.board.clips.delete(clip.id);
    const c = this.board.clips.get(key);
    if (!c || this.saver.waitsFor(key) || same(c, clip) || this.writing) return;
    this.board.adopt(key, clip);
    this.render();
  }

  private refused(refusal: Refusal, review: ReviewData): void {
    const touched = new Set(refusal.mine.flatMap((c) => (c.kind === "order" ? [] : [c.key])));
    // What is being written was not sent yet. Of a clip that is asked about it is
    // part of the question; else it is nothing that was refused, and goes on.
    for (const change of this.unsent()) {
      if (refusal.outdated && change.kind === "set" && touched.has(change.key)) refusal.mine.push(change);
      else this.saver.save(change);
    }
    for (const c of refusal.mine) if (c.kind === "split") touched.add(c.rest);
    const before = new Map([...this.board.clips].map(([key, c]) => [key, { ...c }]));
    this.board.forget(touched, true);
    this.take(review);
    this.writing = undefined;
    if (!refusal.outdated) {
      this.say(refusal.message || t("review.live.refused"));
      this.render();
      // What only followed was not refused: it is made of what there is. Nothing
      // is restored for it, which could be refused for ever.
      const goesOn = after(refusal);
      const lost = remake(goesOn, this.board, new Map(), t("review.live.mine"), (step) => this.remade(step));
      if (hasOnlyWords(refusal.change)) lost.unshift(refusal.change);
      this.conflict.lost(lost);
      return;
    }
    const first = !this.conflict.open;
    this.conflict.ask({ refusal, before });
    if (first) this.showConflict();
    else this.render();
  }

  // showConflict shows what is asked about as it is now.
  private showConflict(): void {
    if (this.board.clips.has(this.conflict.key)) this.chosen = this.conflict.key;
    this.panel.forget();
    this.render();
  }

  // settle ends a conflict, with what the other window has or with what was
  // wanted here.
  private settle(mine: boolean): void {
    const asked = this.conflict.answered();
    if (!asked) return;
    if (mine) {
      this.written();
      const said = t("review.live.mine");
      const lost = remake(asked.refusal.mine, this.board, asked.before, said, (step) => this.remade(step));
      this.say(lost.length > 0 ? t("review.live.mine_not_all") : said);
      this.conflict.lost(lost);
    }
    if (this.conflict.open) this.showConflict();
    else this.panel.focus();
  }

  // remade makes a step that was refused once.
  private remade(step: Step): void {
    this.board.take(step);
    this.saver.save(...step.does);
    this.render();
  }

  // refresh takes over what was done in another window.
  private async refresh(): Promise<void> {
    if (!this.saver.idle || this.writing || this.thinks) return;
    const { count } = this.saver;
    const review = await this.saver.fetch();
    // What was saved meanwhile may not be in it.
    if (this.saver.count !== count) return this.refresh();
    if (!review || !this.saver.idle || this.writing) return;
    const before = new Map([...this.board.clips].map(([key, c]) => [key, { ...c }]));
    const order = this.board.reel.map((c) => c.key).join();
    this.take(review);
    const changed = new Set<string>();
    for (const key of new Set([...before.keys(), ...this.board.clips.keys()])) {
      const was = before.get(key);
      const is = this.board.clips.get(key);
      if (!was || !is || was.deleted !== is.deleted || !same(was, is)) changed.add(key);
    }
    const reordered = order !== this.board.reel.map((c) => c.key).join();
    if (changed.size === 0 && !reordered) return;
    this.board.forget(changed, true);
    this.render();
    this.say(t("review.live.refreshed"));
  }

  // ---- showing

  private titleOf(key: string): string {
    const c = this.board.clips.get(key);
    return c ? this.nameOf(c) : "";
  }

  private nameOf(c: Clip): string {
    return new Names(this.board.clips.values()).of(c);
  }

  private say(text: string): void {
    const said = part(this, "said");
    said.textContent = text;
    said.classList.remove("past");
    clearTimeout(this.says);
    this.says = window.setTimeout(() => said.classList.add("past"), reading);
  }

  private render(): void {
    // One is always chosen, while there is one.
    if (!this.clip) this.chosen = this.board.list.find((c) => c.key === this.previous)?.key ?? this.board.list[0]?.key ?? "";
    const names = new Names(this.board.clips.values());
    const list = this.board.list;
    this.shelf.show(list, this.board.reel, this.chosen, names, (c) => this.stillOf(c));
    const length = this.board.reel.reduce((sum, c) => sum + c.end_s - c.start_s, 0);
    part(this, "reel_length").textContent =
      this.board.reel.length === 0 ? t("review.live.reel_empty") : t("review.live.reel_length", { Count: this.board.reel.length, Length: clock(length) });
    part(this, "to_reel").classList.toggle("main", this.data.may_change && this.board.reel.length > 0); // what is next
    this.timeline.clips = list.map((c) => ({
      id: c.key,
      label: names.of(c),
      short: names.short(c),
      state: c.state,
      start: c.start_s,
      end: c.end_s,
      locked: !this.data.may_change,
    }));
    // At first the whole film is seen, with all its moments and handles on none.
    this.timeline.selected = this.chosenBefore ? this.chosen || null : null;
    this.timeline.marked = this.begun === null ? null : { start: this.begun, end: null };
    this.timeline.played = this.board.played.map(([start, end]) => ({ start, end }));
    const marked = maybe(this, "marked");
    if (marked) marked.textContent = this.begun === null ? "" : t("review.live.begun", { At: clock(this.begun) });
    for (const [name, step] of [
      ["undo", this.board.undoable],
      ["redo", this.board.redoable],
    ] as const) {
      const button = this.querySelector<HTMLButtonElement>(`[data-command=${name}]`);
      if (!button) continue;
      button.disabled = !step;
      button.title = step?.said ?? "";
    }
    const c = this.clip;
    if (c) this.renderPanel(c);
    else this.panel.show(undefined, "", undefined, []);
  }

  private renderPanel(c: Clip): void {
    this.panel.show(c, this.nameOf(c), this.data.moments.find((m) => m.id === c.moment), this.board.played);
  }


  private stillOf(c: Clip): string {
    return this.data.moments.find((m) => m.id === c.moment)?.still ?? this.drawn.get(c.key) ?? "";
  }

  // draw makes a picture of a clip that has none, when it is seen.
  private draw(): void {
    const c = this.clip;
    if (!c || this.stillOf(c)) return;
    const picture = this.screen.picture(c);
    if (!picture) return;
    this.drawn.set(c.key, picture);
    this.render();
  }
}

// after is what of a refusal was not refused itself: what came after it, and
// the words that went with it.
function after({ change, mine }: Refusal): Change[] {
  const others = mine.filter((c) => c !== change);
  if (change.kind !== "set" || hasOnlyWords(change)) return others;
  const { state, start_s, end_s, ...words } = change.fields;
  return Object.keys(words).length === 0 ? others : [{ kind: "set", key: change.key, fields: words }, ...others];
}

// hasOnlyWords reports whether a change is what somebody wrote and chose of a
// clip, and nothing of what becomes of it.
function hasOnlyWords(change: Change): boolean {
  return change.kind === "set" && !["state", "start_s", "end_s"].some((name) => name in change.fields);
}

customElements.define("attune-review", Review);
