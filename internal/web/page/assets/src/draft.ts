// What somebody wrote into a form and has not saved is kept with the tab, so
// that it outlives the session: who sends the form too late signs in, comes back
// to the page, and finds it filled in again. It goes when the form was taken, at
// signing out, and when somebody else signs in. Of passwords, files, and what
// nobody sees to write, nothing is kept.

// One form, as it was left.
interface Draft {
  account: string; // whose it is
  fields: Record<string, Field>; // that say something else than what is saved, by their names
  sent: string; // with which number, while it is not known what became of it, or ""
  tell?: Tell; // whoever wrote it, at the next sight of the form
}

// Why somebody is to be told of a draft: it was sent, and is not known to have
// been taken, or the session ended. Else it is filled in and nothing said aloud.
type Tell = "sent" | "away";

interface Field {
  written: string[];
  saved: string[]; // when it was written
}

// What is said in a form of its draft.
interface Said {
  element: HTMLElement;
  form: HTMLFormElement;
  tell: Tell;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const prefix = "attune-draft-";
// The types of controls that people write into or choose with.
const kinds = new Set(
  "text search tel url email number date month week time datetime-local checkbox radio textarea select-one select-multiple".split(" "),
);

const { account, page, sent, receipt } = document.body.dataset;
const signedOut = new BroadcastChannel("attune-drafts");
// What was saved, of forms that were refused: they come back with what was
// written in them, which looks as if it were.
const before = new Map<string, Record<string, Field>>();

function keyOf(form: HTMLFormElement): string {
  return `${prefix}${page ?? ""} ${form.getAttribute("action") ?? ""}`;
}

// keeps reports whether something of a form may be kept: not of one that is about
// a secret.
function keeps(form: HTMLFormElement): boolean {
  return form.getAttribute("method") === "post" && !form.querySelector("input[type=password], [autocomplete=one-time-code]");
}

function controlsOf(form: HTMLFormElement): Map<string, Control[]> {
  const found = new Map<string, Control[]>();
  for (const one of form.elements) {
    if (!(one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement || one instanceof HTMLSelectElement)) continue;
    if (one.name && kinds.has(one.type) && !one.hidden) found.set(one.name, [...(found.get(one.name) ?? []), one]);
  }
  return found;
}

// written is what controls of one name say, and saved what they said at first.
function written(controls: Control[]): string[] {
  return controls.flatMap((one) => {
    if (one instanceof HTMLSelectElement) return [...one.selectedOptions].map((o) => o.value);
    return isChoice(one) && !one.checked ? [] : [one.value];
  });
}

function saved(controls: Control[]): string[] {
  return controls.flatMap((one) => {
    if (one instanceof HTMLSelectElement) {
      const chosen = [...one.options].filter((o) => o.defaultSelected).map((o) => o.value);
      return chosen.length === 0 && !one.multiple ? [one.options[0]?.value ?? ""] : chosen;
    }
    if (isChoice(one)) return one.defaultChecked ? [one.value] : [];
    return [one.defaultValue];
  });
}

function write(controls: Control[], values: string[]): void {
  controls.forEach((one, i) => {
    if (one instanceof HTMLSelectElement) {
      // Unless what was chosen is there no more.
      if ([...one.options].some((o) => values.includes(o.value))) for (const o of one.options) o.selected = values.includes(o.value);
    } else if (isChoice(one)) {
      one.checked = values.includes(one.value);
    } else {
      one.value = values[i] ?? one.value;
    }
  });
}

function isChoice(one: Control): one is HTMLInputElement {
  return one instanceof HTMLInputElement && (one.type === "checkbox" || one.type === "radio");
}

function same(a: string[], b: string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

// keep keeps what a form says by now, and the number with which it is sent.
function keep(form: HTMLFormElement, number: string): void {
  if (!account || !keeps(form)) return;
  const key = keyOf(form);
  const fields: Record<string, Field> = {};
  for (const [name, controls] of controlsOf(form)) {
    const field: Field = { written: written(controls), saved: before.get(key)?.[name]?.saved ?? saved(controls) };
    if (!same(field.written, field.saved)) fields[name] = field;
  }
  if (Object.keys(fields).length > 0) store(key, { account, fields, sent: number });
  else forget(key);
}

function store(key: string, draft: Draft): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // No storage, or it is full: then it lasts as long as the page.
  }
}

function forget(key: string): void {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // see store
  }
}

function kept(): Map<string, Draft> {
  const found = new Map<string, Draft>();
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(prefix)) found.set(key, JSON.parse(sessionStorage.getItem(key) ?? "") as Draft);
    }
  } catch {
    // see store
  }
  return found;
}

function forgetAll(): void {
  for (const key of kept().keys()) forget(key);
}

// settle finds out what became of what was sent, and lets go of what was taken:
// the page says so, by the number of the form. What nothing is said of may have
// got lost on the way.
function settle(): void {
  for (const [key, draft] of kept()) {
    const answered = draft.sent && draft.sent === receipt ? sent : undefined;
    if (account && (draft.account !== account || answered === "taken")) {
      forget(key);
      continue;
    }
    if (answered === "refused") before.set(key, draft.fields);
    const tell = draft.sent ? "sent" : account ? draft.tell : (draft.tell ?? "away");
    store(key, { ...draft, sent: "", ...(tell && { tell }) });
  }
}

// fill fills a form in again, and says so where that shows something else than
// the page. It returns what it says if that is to be told, which it is once.
function fill(form: HTMLFormElement): Said | undefined {
  const key = keyOf(form);
  const draft = keeps(form) ? kept().get(key) : undefined;
  if (!draft) return undefined;
  const all = controlsOf(form);
  const changed = new Map<Control, string>();
  let [filled, differs] = [false, before.has(key)];
  for (const [name, field] of Object.entries(draft.fields)) {
    const controls = all.get(name) ?? [];
    if (same(saved(controls), field.written)) continue;
    differs = true;
    if (!same(saved(controls), field.saved)) changed.set(controls[0]!, saved(controls).join(", "));
    if (same(written(controls), field.written)) continue; // the browser was first
    write(controls, field.written);
    filled ||= same(written(controls), field.written);
  }
  const { tell, ...told } = draft;
  if (differs) store(key, told);
  else forget(key);
  const element = filled ? say(form, changed) : undefined;
  return element && tell && { element, form, tell };
}

// announce shows what is said of forms, and leads to that of the one that was
// sent, or the first.
function announce(all: Said[]): void {
  for (const { form } of all) {
    for (let fold = form.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null) fold.open = true;
  }
  const first = (all.find((one) => one.tell === "sent") ?? all[0])?.element;
  first?.setAttribute("role", "status");
  first?.focus();
}

// say says in a form that it is filled in again, and what is saved where somebody
// else changed that.
function say(form: HTMLFormElement, changed: Map<Control, string>): HTMLElement | undefined {
  const said = document.querySelector<HTMLTemplateElement>("#draft")?.content.firstElementChild?.cloneNode(true);
  if (!(said instanceof HTMLElement)) return undefined;
  const list = said.querySelector("dl");
  // Only a form of a record shows what is saved; in others it is but a proposal.
  if (list && changed.size > 0 && form.querySelector("[name=version]")) {
    for (const [control, text] of changed) list.append(word("dt", labelOf(control)), word("dd", text || (list.dataset["nothing"] ?? "")));
    said.querySelector<HTMLElement>(".draft-saved")!.hidden = false;
  }
  said.querySelector("button")?.addEventListener("click", () => {
    forget(keyOf(form));
    form.reset();
    said.remove();
    [...controlsOf(form).values()][0]?.[0]?.focus();
  });
  form.prepend(said);
  return said;
}

function word(tag: "dt" | "dd", text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

// labelOf is what a control is called, without the hint that may follow.
function labelOf(control: Control): string {
  return control.labels?.[0]?.firstChild?.textContent?.trim() ?? "";
}

document.addEventListener("input", (event) => {
  const form = event.target instanceof Element ? event.target.closest("form") : null;
  if (form) keep(form, "");
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (form.getAttribute("action")?.endsWith("/sign-out")) {
    forgetAll();
    signedOut.postMessage("");
  } else {
    // No other form that this browser sends has it.
    keep(form, Date.now().toString(36) + Math.random().toString(36).slice(2));
  }
});
document.addEventListener("formdata", (event) => {
  const number = event.target instanceof HTMLFormElement && kept().get(keyOf(event.target))?.sent;
  if (number) event.formData.set("receipt", number);
});
signedOut.addEventListener("message", forgetAll);
// A form that htmx sends is answered on the page where it is.
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = (event as CustomEvent<{ elt: Element; successful?: boolean }>).detail;
  if (!(elt instanceof HTMLFormElement)) return;
  if (successful) forget(keyOf(elt));
  else keep(elt, "");
});

settle();
if (account) {
  // Whoever saved one form does not want to hear of another, but what came of it.
  const result = document.querySelector("[autofocus], main .notice[role=status], main .notice[role=alert]");
  const said = [...document.forms].map(fill).filter((one) => one !== undefined);
  if (!result) announce(said);
}
const promise = document.querySelector<HTMLElement>("#kept");
if (promise) promise.hidden = kept().size === 0;
