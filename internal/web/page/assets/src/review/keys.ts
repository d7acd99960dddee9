// Which command a key gives. Keys are letters while somebody writes, and belong
// to what has the focus where that has a use for them.

// writes reports whether an element takes letters.
function writes(at: Element): boolean {
  if (at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement) return true;
  if (at instanceof HTMLInputElement) return !["checkbox", "radio", "range", "button"].includes(at.type);
  return at instanceof HTMLElement && at.isContentEditable;
}

// uses reports whether an element has a use of its own for a key.
function uses(at: Element, key: string): boolean {
  if (key === " ") return at.closest("button, summary, input, a, video, [role=button]") !== null;
  if (key.startsWith("Arrow")) return at.closest("input, video, [role=slider], [role=application]") !== null;
  return false;
}

// keyOf names the key of an event as the table of commands does.
function keyOf(event: KeyboardEvent): string {
  let key = event.key;
  if (key.length === 1 && key.toLowerCase() !== key.toUpperCase()) {
    key = event.shiftKey ? key.toUpperCase() : key.toLowerCase(); // whatever Caps Lock says
  }
  return event.ctrlKey || event.metaKey ? `Control+${key}` : key;
}

// commandOf returns the command that a key gives here and now.
export function commandOf(event: KeyboardEvent, commands: Record<string, string>): string | undefined {
  if (event.defaultPrevented || event.altKey || event.isComposing) return undefined;
  const at = event.target;
  const command = commands[keyOf(event)];
  if (!command || !(at instanceof Element)) return undefined;
  if (writes(at)) return command === "leave" ? command : undefined;
  return uses(at, event.key) ? undefined : command;
}
