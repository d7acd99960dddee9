// After so long a stream is asked for again that was refused, as when the account
// has too many open, in milliseconds; after any other end the browser does that.
const again = 5000;

// Stream hears the events of the service at an address while somebody looks at
// the page and it is wanted. A page that browsers keep for going back to, and one
// in a tab that nobody looks at, would keep its stream too, and there are only six
// connections to one service, over all tabs. Whoever comes back is told at once how
// things are: a new stream begins with that.
export class Stream {
  private source: EventSource | undefined;
  private timer = 0;

  constructor(
    private readonly address: string,
    private readonly hear: Record<string, (event: MessageEvent<string>) => void>, // by the names of events
    private readonly wanted = (): boolean => true,
  ) {}

  // open opens it until close, and may be called again, as when it is wanted by now.
  open(): void {
    window.addEventListener("pagehide", this.stop);
    window.addEventListener("pageshow", this.begin);
    document.addEventListener("visibilitychange", this.turn);
    this.begin();
  }

  close(): void {
    this.stop();
    window.removeEventListener("pagehide", this.stop);
    window.removeEventListener("pageshow", this.begin);
    document.removeEventListener("visibilitychange", this.turn);
  }

  private readonly stop = (): void => {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  };

  private readonly turn = (): void => {
    if (document.hidden) this.stop();
    else this.begin();
  };

  private readonly begin = (): void => {
    if (!this.source) this.listen();
  };

  private listen(): void {
    if (document.hidden || !this.wanted()) return;
    const source = new EventSource(this.address);
    this.source = source;
    for (const [name, hear] of Object.entries(this.hear)) source.addEventListener(name, hear);
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return; // it comes back by itself
      this.timer = window.setTimeout(() => this.listen(), again);
    });
  }
}
