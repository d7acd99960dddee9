// <attune-upload endpoint cycle most> sends films, one after the other, by tus.
//
// What has arrived is kept by the service; which film that was is kept in this
// browser, under a hash of the film's bytes. When the tab was closed and the
// same film is chosen again, it goes on where it was. When the line or the
// service is away it waits, and goes on by itself. In it are:
//   input[type=file], .drop (where films can be dropped), [role=status],
//   ul (of what is sent) and a template of one li.
// Rows of films that have begun before (data-begun="/api/v1/uploads/…",
// anywhere on the page) go away when their film goes on here.
import { Upload, type DetailedError } from "tus-js-client";
import { t } from "../messages";
import { begun, forget, remember, type Begun } from "../begun";
import { fingerprint } from "../fingerprint";
import { percent, size, span } from "../quantity";

// A piece is what is sent at once: small enough that the session, and proxies
// that hold back what they pass on, see something move; large enough that
// asking for the next costs nothing.
const pieceBytes = 16 * 1024 * 1024;
// While the service is away it is asked again after so long, in milliseconds.
const waits = [1000, 2000, 5000, 10_000];
// Over so long the speed is measured, in milliseconds.
const speedOver = 10_000;

type State = "checking" | "waiting" | "sending" | "paused" | "away" | "signed_out" | "stopped" | "arrived";

class Sending {
  readonly row: HTMLElement;
  state: State = "checking";
  upload?: Upload;
  key = "";
  reason = "";
  address = "";
  private again = false; // whether what stopped it may be over later
  private sent = 0;
  private samples: { at: number; sent: number }[] = [];
  private tries = 0;
  private timer = 0;
  // While the service is asked for a place for the film there is nothing to stop:
  // the place would be there, and nobody would know of it.
  private creating: Promise<void> | undefined;
  private created: () => void = () => undefined;
  private halted = false; // as soon as there is a place
  private release: (() => void) | undefined;

  constructor(
    readonly file: File,
    private readonly host: AttuneUpload,
    template: HTMLTemplateElement,
  ) {
    const row = template.content.firstElementChild?.cloneNode(true);
    if (!(row instanceof HTMLElement)) throw new Error("the template of a row has no element");
    this.row = row;
    this.part("name").textContent = file.name;
    for (const button of this.row.querySelectorAll<HTMLButtonElement>("button[data-do]")) {
      // Of several films, each button says which it is for.
      button.setAttribute("aria-label", `${button.textContent?.trim() ?? ""}: ${file.name}`);
      button.addEventListener("click", () => this.do(button.dataset["do"] ?? ""));
    }
    this.show();
  }

  get active(): boolean {
    return this.state === "sending" || this.state === "away" || this.state === "signed_out";
  }

  // prepare finds out whether the film has begun before.
  async prepare(): Promise<void> {
    if (this.file.size === 0 || this.file.size > this.host.most) {
      this.reason = t(this.file.size === 0 ? "upload.live.empty" : "upload.live.too_large", { Most: size(this.host.most) });
      return this.become("stopped");
    }
    try {
      this.key = await fingerprint(this.file, this.host.cycle);
    } catch {
      this.reason = t("upload.live.unreadable");
      return this.become("stopped");
    }
    this.become("checking");
    if (this.host.has(this) || !(await this.alone())) {
      this.reason = t("upload.live.twice");
      return this.become("stopped");
    }
    this.become("waiting");
  }

  // alone says whether no other tab sends this film, and keeps others from it.
  private async alone(): Promise<boolean> {
    if (!("locks" in navigator)) return true; // not over plain http, except on this machine
    return new Promise((resolve) => {
      void navigator.locks.request(`attune-upload-${this.key}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock && new Promise<void>((release) => (this.release = release));
      });
    });
  }

  // start sends the film, or what is missing of it.
  start(): void {
    window.clearTimeout(this.timer);
    this.samples = [];
    this.halted = false;
    this.become("sending");
    if (this.creating) return;
    if (!this.upload) this.upload = this.make(begun(this.key, this.file.size));
    if (!this.address) this.creating = new Promise((resolve) => (this.created = resolve));
    this.upload.start();
  }

  private make(before: Begun | undefined): Upload {
    const upload: Upload = new Upload(this.file, {
      // With an endpoint tus would begin anew whenever it cannot find out how far
      // the upload is, which says nothing about the upload.
      endpoint: before ? null : this.host.endpoint,
      uploadUrl: before?.address ?? null,
      chunkSize: pieceBytes,
      retryDelays: null,
      storeFingerprintForResuming: false,
      metadata: { filename: this.file.name, cycle: this.host.cycle },
      onUploadUrlAvailable: () => {
        this.address = upload.url ?? "";
        upload.options.endpoint = null;
        upload.options.uploadUrl = upload.url;
        remember(this.key, { address: this.address, size: this.file.size, at: Date.now() });
        this.host.taken(this.address);
        this.create();
        if (this.halted) void upload.abort();
      },
      onProgress: (sent) => this.progress(sent),
      onSuccess: () => {
        forget(this.key);
        this.become("arrived");
      },
      onError: (error) => this.failed(error as DetailedError),
    });
    if (before) {
      this.address = before.address;
      this.host.taken(before.address);
    }
    return upload;
  }

  private create(): void {
    this.created();
    this.creating = undefined;
  }

  private progress(sent: number): void {
    this.sent = sent;
    this.tries = 0;
    const now = performance.now();
    this.samples.push({ at: now, sent });
    while (this.samples.length > 2 && now - (this.samples[0]?.at ?? now) > speedOver) this.samples.shift();
    if (this.state === "sending") this.show();
  }

  // failed decides what comes after a failure: only the service, by what it
  // answers, can end an upload.
  private failed(error: DetailedError): void {
    this.create();
    if (this.halted) return;
    const answer = error.originalResponse;
    const status = answer?.getStatus() ?? 0;
    if (status === 401) {
      this.reason = "";
      return this.become("signed_out");
    }
    if (status === 404 && this.address) {
      // It rested too long, or was given up elsewhere: there is nothing to go on with.
      forget(this.key);
      this.address = "";
      delete this.upload;
      return this.start();
    }
    if (status === 0 || status === 409 || status === 423 || (status >= 500 && status !== 507)) {
      this.become("away");
      this.timer = window.setTimeout(() => this.start(), waits[Math.min(this.tries++, waits.length - 1)]);
      return;
    }
    this.again = status === 507; // until somebody has made room
    if (!this.again) forget(this.key); // the service has done with it
    this.reason = told(answer?.getBody()) ?? t("upload.live.failed");
    this.become("stopped");
  }

  // wake goes on at once with what waits for the line.
  wake(): void {
    if (this.state === "away" || this.state === "signed_out") this.start();
  }

  do(what: string): void {
    window.clearTimeout(this.timer);
    switch (what) {
      case "pause":
        this.halted = true;
        if (!this.creating) void this.upload?.abort();
        this.become("paused");
        break;
      case "resume":
        if (this.state === "stopped") void this.prepare();
        else if (this.state === "paused") this.become("waiting");
        else this.start();
        break;
      case "dismiss":
        this.host.drop(this);
        return; // the row goes
      case "give_up":
        void this.giveUp();
        return;
    }
    this.row.querySelector<HTMLElement>("button:not([hidden])")?.focus();
  }

  private async giveUp(): Promise<void> {
    this.host.drop(this);
    this.halted = true;
    await this.creating;
    await this.upload?.abort();
    if (this.address) {
      // Where that fails the service gives it up by itself, after a week.
      await fetch(this.address, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => undefined);
    }
    if (this.key) forget(this.key);
    this.release?.();
  }

  private become(state: State): void {
    const before = this.state;
    this.state = state;
    if (state === "arrived" || state === "stopped") this.release?.();
    this.show();
    if (state !== before) this.host.changed(this);
  }

  // sentence says in words how the film is.
  sentence(): string {
    const values = { Name: this.file.name, Sent: size(this.sent), Size: size(this.file.size), Percent: percent(this.sent / this.file.size) };
    switch (this.state) {
      case "stopped":
        return this.reason;
      case "sending": {
        const speed = this.speed();
        if (!speed) return t("upload.live.sending", values);
        const left = span((this.file.size - this.sent) / speed);
        return t("upload.live.sending_left", { ...values, Speed: size(speed), Left: left });
      }
      default:
        return t(`upload.live.${this.state}`, values);
    }
  }

  private speed(): number {
    const first = this.samples[0];
    const last = this.samples[this.samples.length - 1];
    if (!first || !last || last.at - first.at < 1000) return 0;
    return ((last.sent - first.sent) / (last.at - first.at)) * 1000;
  }

  private show(): void {
    this.row.dataset["state"] = this.state;
    this.part("said").textContent = this.sentence();
    const bar = this.part("bar") as HTMLProgressElement;
    bar.max = Math.max(1, this.file.size);
    bar.value = this.state === "arrived" ? bar.max : this.sent;
    bar.hidden = this.state === "checking" || this.state === "stopped";
    bar.setAttribute("aria-label", this.file.name);
    const shown: Record<State, string[]> = {
      checking: [],
      waiting: ["pause", "give_up"],
      sending: ["pause", "give_up"],
      paused: ["resume", "give_up"],
      away: ["resume", "give_up"],
      signed_out: ["resume", "give_up"],
      stopped: this.again ? ["resume", "give_up"] : ["dismiss"],
      arrived: ["dismiss"],
    };
    for (const button of this.row.querySelectorAll<HTMLButtonElement>("button[data-do]")) {
      button.hidden = !shown[this.state].includes(button.dataset["do"] ?? "");
    }
    const film = this.part("film") as HTMLAnchorElement;
    film.hidden = this.state !== "arrived";
    if (this.state === "arrived") film.href = `/films/${this.address.split("/").pop() ?? ""}`;
    const signIn = this.part("sign_in") as HTMLAnchorElement;
    signIn.hidden = this.state !== "signed_out";
  }

  private part(name: string): HTMLElement {
    const found = this.row.querySelector<HTMLElement>(`[data-part="${name}"]`);
    if (!found) throw new Error(`the template of a row has no part "${name}"`);
    return found;
  }
}

// told is what the service says about a failure, for people.
function told(body: string | undefined): string | undefined {
  try {
    const said = (JSON.parse(body ?? "") as { error?: { message?: unknown } }).error?.message;
    return typeof said === "string" ? said : undefined;
  } catch {
    return undefined;
  }
}

class AttuneUpload extends HTMLElement {
  private sendings: Sending[] = [];
  private ending = new AbortController();
  private awake: WakeLockSentinel | undefined;

  get endpoint(): string {
    return new URL(this.getAttribute("endpoint") ?? "", location.href).href;
  }
  get cycle(): string {
    return this.getAttribute("cycle") ?? "";
  }
  get most(): number {
    return Number(this.getAttribute("most") ?? Infinity);
  }

  connectedCallback(): void {
    this.ending = new AbortController();
    const signal = this.ending.signal;
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    const drop = this.querySelector<HTMLElement>(".drop");
    if (!input || !drop) return;
    input.disabled = false;
    input.addEventListener(
      "change",
      () => {
        this.add([...(input.files ?? [])]);
        input.value = ""; // the same film can be chosen again
      },
      { signal },
    );
    // Dropped anywhere else, a film would open in place of the page.
    for (const kind of ["dragenter", "dragover", "drop"] as const) {
      document.addEventListener(
        kind,
        (event) => {
          if (!event.dataTransfer?.types.includes("Files")) return;
          event.preventDefault();
          drop.classList.toggle("over", kind !== "drop");
          if (kind === "drop") this.add([...event.dataTransfer.files]);
        },
        { signal },
      );
    }
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && drop.classList.remove("over"), { signal });
    window.addEventListener("online", () => this.wake(), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.wake(), { signal });
    window.addEventListener(
      "beforeunload",
      (event) => {
        if (this.sendings.some((s) => s.active || s.state === "waiting")) event.preventDefault();
      },
      { signal },
    );
  }

  disconnectedCallback(): void {
    this.ending.abort();
    for (const s of this.sendings) void s.upload?.abort();
    void this.awake?.release();
  }

  private add(files: File[]): void {
    const template = this.querySelector("template");
    const list = this.querySelector("ul");
    if (!template || !list) return;
    for (const file of files) {
      const sending = new Sending(file, this, template);
      this.sendings.push(sending);
      list.append(sending.row);
      void sending.prepare();
    }
    this.hidden = false;
  }

  // has says whether the same film is in the list before this one.
  has(one: Sending): boolean {
    return this.sendings.some((s) => s !== one && s.key === one.key && s.state !== "stopped" && s.state !== "arrived");
  }

  // changed is told when the state of one has: what matters is said aloud, and
  // the next has its turn.
  changed(one: Sending): void {
    if (["arrived", "away", "signed_out", "stopped"].includes(one.state)) {
      const status = this.querySelector("[role=status]");
      if (status) status.textContent = `${one.file.name}: ${one.sentence()}`;
    }
    if (!this.sendings.some((s) => s.active)) this.sendings.find((s) => s.state === "waiting")?.start();
    void this.keepAwake(this.sendings.some((s) => s.active));
    if (one.state === "arrived") this.dispatchEvent(new CustomEvent("arrived", { bubbles: true }));
  }

  drop(one: Sending): void {
    this.sendings = this.sendings.filter((s) => s !== one);
    one.row.remove();
    this.querySelector<HTMLElement>("input[type=file]")?.focus();
    this.changed(one);
  }

  // taken takes away the row of an upload that goes on here.
  taken(address: string): void {
    const path = new URL(address, location.href).pathname;
    for (const row of document.querySelectorAll<HTMLElement>("[data-begun]")) {
      if (row.dataset["begun"] !== path) continue;
      row.hidden = true;
      const section = row.closest<HTMLElement>("section");
      if (section && !section.querySelector("[data-begun]:not([hidden])")) section.hidden = true;
    }
  }

  private wake(): void {
    for (const s of this.sendings) s.wake();
    void this.keepAwake(this.sendings.some((s) => s.active));
  }

  // keepAwake keeps a telephone from sleeping over a film that is being sent.
  private async keepAwake(wanted: boolean): Promise<void> {
    if (!("wakeLock" in navigator)) return;
    try {
      if (wanted && (!this.awake || this.awake.released) && document.visibilityState === "visible") {
        this.awake = await navigator.wakeLock.request("screen");
      } else if (!wanted) {
        await this.awake?.release();
        this.awake = undefined;
      }
    } catch {
      // A telephone that saves its battery may refuse: it sleeps, and goes on when it wakes.
    }
  }
}
customElements.define("attune-upload", AttuneUpload);
