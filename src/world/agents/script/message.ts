// What was typed into the composer, read as a message: header, kind, task. Knows nothing of scripts.

export type MessageKind = "message" | "gate-red" | "answer";

export interface Typed {
  /** Null: a person typed it here, without the bot's header. */
  readonly id: string | null;
  readonly from: string;
  readonly via: string | null;
  readonly task: { readonly id: string; readonly title: string };
  readonly kind: MessageKind;
  /** First line as it stood. */
  readonly header: string | null;
  readonly body: string;
  /** Where the body lies when it was too long to be typed; `body` is then what was typed besides. */
  readonly bodyFile: string | null;
}

// The header may follow a draft that stood in the composer already: a receipt is due all the same.
const headerForm = /\[batty (\S+) from ([^\]]+)\]$/;
const bodyFileForm = /^\[body: (\/.+)\]$/;

export function parseTyped(text: string): Typed {
  const lines = text.split("\n");
  const header = headerForm.exec((lines[0] ?? "").trimEnd());
  const rest = header ? lines.slice(1) : lines;
  const file = bodyFileForm.exec((rest[0] ?? "").trimEnd());
  const body = (file ? rest.slice(1) : rest).join("\n");
  const who = readSender(header?.[2] ?? "");
  return {
    id: header?.[1] ?? null,
    ...who,
    ...readBody(body, who.task.id),
    header: header ? (lines[0] ?? "").trimEnd() : null,
    body,
    bodyFile: file?.[1] ?? null,
  };
}

/** The message with the body its file holds. */
export function withBody(typed: Typed, text: string): Typed {
  const body = typed.body === "" ? text : `${text}\n${typed.body}`;
  return { ...typed, ...readBody(body, typed.task.id), body };
}

/** `ada`, `ada via telegram`, `batty task 12`, in any order after the name. */
function readSender(text: string): Pick<Typed, "from" | "via" | "task"> {
  let from = text;
  let via: string | null = null;
  let task = "";
  for (;;) {
    const [, before, word, value] = /^(.+) (task|via) (\S+)$/.exec(from) ?? [];
    if (before === undefined || value === undefined) break;
    if (word === "task" && task === "" && /^\d+$/.test(value)) task = value;
    else if (word === "via" && via === null) via = value;
    else break;
    from = before;
  }
  return { from, via, task: { id: task, title: "" } };
}

/** What the bot's gate messages say behind the title. */
const afterTitle = / \(attempt \d+ of \d+\).*$| together with \S+ \(it was green alone\)$/;

/** The bot's own messages say what they are in their first line. */
function readBody(body: string, taskId: string): Pick<Typed, "kind" | "task"> {
  const first = (body.split("\n", 1)[0] ?? "").trim();
  const gate = /^Gate red(?: for)? #(\d+)(?: (.*))?$/.exec(first);
  const about = /^#(\d+)(?: (.*))?$/.exec(first);
  const task = {
    id: taskId || (gate?.[1] ?? about?.[1] ?? ""),
    title: gate?.[2]?.replace(afterTitle, "") ?? about?.[2] ?? "",
  };
  if (first.startsWith("Gate red")) return { kind: "gate-red", task };
  return { kind: first.startsWith("Answer to your question") ? "answer" : "message", task };
}
