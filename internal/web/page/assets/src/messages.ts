// The texts of a page, as its template named them with {{texts "…"}}. They are
// written in ../../messages, like every text that people read.

type Forms = Partial<Record<Intl.LDMLPluralRule, string>>;

let texts: Record<string, string | Forms> | undefined;

function read(): Record<string, string | Forms> {
  texts ??= JSON.parse(document.getElementById("messages")?.textContent ?? "{}") as Record<string, string | Forms>;
  return texts;
}

// t returns the text of a key. "{{.Name}}" in it becomes values.Name, and
// values.Count chooses between the forms of one and many.
export function t(key: string, values: Record<string, string | number> = {}): string {
  const found = read()[key];
  if (found === undefined) {
    console.error(`there is no text "${key}" on this page`);
    return key;
  }
  let text: string;
  if (typeof found === "string") {
    text = found;
  } else {
    const rule = new Intl.PluralRules(document.documentElement.lang).select(Number(values["Count"] ?? 0));
    text = found[rule] ?? found.other ?? key;
  }
  return text.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (whole, name: string) => String(values[name] ?? whole));
}
