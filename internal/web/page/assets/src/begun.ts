// Which films have begun to be sent from this browser. No name of a film is
// kept: others may use the computer too.

export interface Begun {
  address: string; // of the upload
  size: number; // of the film, in bytes
  at: number; // when it began, as Date.now() has it
}

const prefix = "attune-begun-";
// The service gives up what rested for a week; this is long over by then.
const forgottenAfter = 30 * 24 * 60 * 60 * 1000;

export function begun(key: string, size: number): Begun | undefined {
  const found = read(prefix + key);
  return found?.size === size ? found : undefined;
}

export function remember(key: string, one: Begun): void {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(prefix) && Date.now() - (read(name)?.at ?? 0) > forgottenAfter) localStorage.removeItem(name);
    }
    localStorage.setItem(prefix + key, JSON.stringify(one));
  } catch {
    // No storage, as in some private windows: then it goes on only while the tab is open.
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(prefix + key);
  } catch {
    // see remember
  }
}

function read(name: string): Begun | undefined {
  try {
    const one = JSON.parse(localStorage.getItem(name) ?? "") as Partial<Begun>;
    if (typeof one.address !== "string" || typeof one.size !== "number" || typeof one.at !== "number") return undefined;
    return { address: one.address, size: one.size, at: one.at };
  } catch {
    return undefined;
  }
}
