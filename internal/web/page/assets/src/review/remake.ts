import type { Board, Change, Step } from "./board";
import { type Clip, type Fields, shortest } from "./model";

// remake makes changes again that were refused because somebody else was first,
// on a board that is by now as the service has it. Each is a step of its own,
// which take makes. before has the clips as they were here when it was refused:
// those of them that somebody else deleted are restored. What cannot be made of
// what there is now is returned.
export function remake(changes: readonly Change[], board: Board, before: ReadonlyMap<string, Clip>, said: string, take: (step: Step) => void): Change[] {
  const impossible: Change[] = [];
  const never = new Set<string>(); // clips that were to be split off, and are not
  for (const change of changes) {
    const steps = change.kind !== "order" && never.has(change.key) ? undefined : stepsOf(change, board, before);
    for (const step of steps ?? []) take({ said, ...step });
    if (steps) continue;
    impossible.push(change);
    if (change.kind === "split") never.add(change.rest);
  }
  return impossible;
}

type Unsaid = Omit<Step, "said">;

function stepsOf(change: Change, board: Board, before: ReadonlyMap<string, Clip>): Unsaid[] | undefined {
  if (change.kind === "order") return [orderAs(change.keys, board)];
  const { key } = change;
  if (change.kind === "add") return [{ does: [change], undoes: [{ kind: "delete", key }], redoes: [{ kind: "restore", key }] }];
  const c = board.clips.get(key);
  const there = c !== undefined && !c.deleted;
  switch (change.kind) {
    case "set":
      if (there) return [setAs(change.fields, c)];
      return revived(key, board, before) ? [restored(key), setAs(change.fields, board.clips.get(key)!)] : undefined;
    case "split": {
      if (!there || change.at - c.start_s < shortest || c.end_s - change.at < shortest) return undefined;
      const { rest, at } = change;
      const { end_s } = c;
      return [
        {
          does: [change],
          undoes: [{ kind: "delete", key: rest }, { kind: "set", key, fields: { end_s } }],
          redoes: [{ kind: "set", key, fields: { end_s: at } }, { kind: "restore", key: rest }],
        },
      ];
    }
    case "delete":
      return there ? [{ does: [change], undoes: [{ kind: "restore", key }] }] : [];
    case "restore":
      if (there) return [];
      return revived(key, board, before) ? [restored(key)] : undefined;
  }
}

function setAs(fields: Partial<Fields>, c: Clip): Unsaid {
  const was = Object.fromEntries(Object.keys(fields).map((name) => [name, c[name as keyof Fields]])) as Partial<Fields>;
  return { does: [{ kind: "set", key: c.key, fields }], undoes: [{ kind: "set", key: c.key, fields: was }] };
}

function restored(key: string): Unsaid {
  return { does: [{ kind: "restore", key }], undoes: [{ kind: "delete", key }] };
}

// revived puts a clip that somebody else deleted on the board as deleted, so
// that it can be restored, and returns whether there is such a clip.
function revived(key: string, board: Board, before: ReadonlyMap<string, Clip>): boolean {
  const c = before.get(key);
  if (!c?.by_hand) return false; // a moment's clip cannot be deleted, so it is gone otherwise
  board.clips.set(key, { ...c, deleted: true });
  return true;
}

// orderAs is the reel in an order that was wanted before others were kept.
function orderAs(wanted: readonly string[], board: Board): Unsaid {
  const was = board.reel.map((c) => c.key);
  const keys = [...wanted.filter((key) => was.includes(key)), ...was.filter((key) => !wanted.includes(key))];
  return { does: [{ kind: "order", keys }], undoes: [{ kind: "order", keys: was }] };
}

// words are what people wrote in changes.
export function words(changes: readonly Change[]): string {
  const notes = new Map<string, string>(); // the last of each clip, which has the ones before in it
  for (const c of changes) if ((c.kind === "set" || c.kind === "add") && c.fields.note) notes.set(c.key, c.fields.note);
  return [...notes.values()].join("\n\n");
}
