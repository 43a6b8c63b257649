// A patch for a phone: files with what each gains and loses, what to look at first, then pages of a readable size.
// Shape: git-diff(1), unified, with a/ and b/ prefixes. No platform's limits here but the smallest one's.
import type { Action, Card } from "../card.ts";
import { risksOfFile } from "../confidence.ts";
import type { ChangedFile } from "../ports.ts";
import type { Oid, TaskId } from "../words.ts";

/** Characters of a page: the smallest message limit (Discord's 2,000) less heading and fences. */
const pageChars = 1_700;
/** Lines of a page: three screens of a phone. */
const pageLines = 45;
/** Files listed on the first page. */
const filesShown = 15;

/** `src/login.ts +12 −3 ⚠ auth` */
export function fileLines(files: readonly ChangedFile[]): string[] {
  const named = files.map((f) => {
    const risks = risksOfFile(f).join(", ");
    const how = f.status === "modified" ? "" : ` (${f.status})`;
    const size = f.binary ? "binary" : `+${f.added} −${f.deleted}`;
    return {
      isRisky: risks !== "",
      line: `${f.path} ${size}${how}${risks === "" ? "" : ` ⚠ ${risks}`}`,
    };
  });
  // What a person should look at comes first.
  const sorted = [...named].sort((a, b) => Number(b.isRisky) - Number(a.isRisky));
  const lines = sorted.slice(0, filesShown).map(({ line }) => line);
  return sorted.length > filesShown
    ? [...lines, `… and ${sorted.length - filesShown} more`]
    : lines;
}

/** Every character of the patch is on exactly one page, in order; a line is cut only when it fills a page alone. */
export function patchPages(patch: string): string[] {
  if (patch === "") return [];
  const pages: string[] = [];
  let page: string[] = [];
  let used = 0;
  const turn = (): void => {
    if (page.length > 0) pages.push(page.join("\n"));
    page = [];
    used = 0;
  };
  for (const line of patch.replace(/\n$/, "").split("\n").flatMap(pieces)) {
    const isNewFile = line.startsWith("diff --git ") && page.length > pageLines / 2;
    if (isNewFile || page.length >= pageLines || used + line.length + 1 > pageChars) turn();
    page.push(line);
    used += line.length + 1;
  }
  turn();
  return pages;
}

function pieces(line: string): string[] {
  const list: string[] = [];
  for (let rest = line; ; ) {
    if (rest.length <= pageChars) return [...list, rest];
    // A pair of surrogates is one character.
    const code = rest.charCodeAt(pageChars - 1);
    const at = code >= 0xd800 && code <= 0xdbff ? pageChars - 1 : pageChars;
    list.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
}

/** A fence longer than any in the text: it can't be closed from inside. */
export function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

export interface ShownChange {
  readonly task: TaskId;
  readonly title: string;
  /** Its pages are of this head alone. */
  readonly head: Oid;
  readonly files: readonly ChangedFile[];
  /** The one that is shown, by its place in `files`; null: all. */
  readonly only: number | null;
  /** Of the patch, there is more in git. */
  readonly cut: boolean;
}

/** Of a head, in a button's id. */
const headChars = 12;

const turn = (change: Omit<ShownChange, "files" | "cut">, to: number, label: string): Action => ({
  id: `d${change.task}.${change.head.slice(0, headChars)}.${to}${to === 0 || change.only === null ? "" : `.${change.only}`}`,
  verb: "diff",
  label,
  style: "plain",
  asks: null,
});

/** A page of a task's change: 0 lists the files, the patch begins at 1; one beyond the end is the last. */
export function diffPage(
  change: ShownChange,
  patch: string,
  number: number,
): { readonly text: string; readonly card: Card } {
  const { task, title, head, files } = change;
  const pages = patchPages(patch);
  const at = Math.min(number, pages.length);
  const added = files.reduce((n, f) => n + f.added, 0);
  const deleted = files.reduce((n, f) => n + f.deleted, 0);
  const listed = at === 0 && pages.length > 0;
  const heading = `#${task} ${title}`;
  const lines = listed ? fileLines(files) : [];
  const where =
    at === 0
      ? `${pages.length} ${pages.length === 1 ? "page" : "pages"}`
      : `page ${at} of ${pages.length}`;
  return {
    text: at === 0 ? [heading, ...lines].join("\n") : fenced(pages[at - 1] ?? "", "diff"),
    card: {
      ...pager(task, heading),
      lines,
      fields: listed ? [{ name: "files", value: `${files.length} (+${added} −${deleted})` }] : [],
      actions: [
        ...(at > 0 ? [turn(change, at - 1, at === 1 ? "◂ Files" : "◂ Back")] : []),
        ...(at < pages.length ? [turn(change, at + 1, at === 0 ? "Read ▸" : "Next ▸")] : []),
      ],
      footer:
        pages.length === 0
          ? "It changes nothing"
          : `${where} · at ${head.slice(0, 8)}${change.cut ? `, ${cutNote}` : ""}`,
    },
  };
}

/** What is told of a patch that is shown in part. */
export const cutNote = "only its first MB: the rest is in git";

/** In the place of a page of a head that is not the task's newest any more. */
export function outdatedPage(
  task: TaskId,
  title: string,
  { shown, head }: { readonly shown: Oid; readonly head: Oid },
): { readonly text: string; readonly card: Card } {
  const heading = `#${task} ${title}`;
  const text = `This diff is outdated: it showed ${shown.slice(0, 8)}, and #${task} is at ${head.slice(0, 8)} now.`;
  return {
    text,
    card: {
      ...pager(task, heading),
      tone: "warn",
      lines: [text],
      actions: [turn({ task, title, head, only: null }, 0, "Show the new one ▸")],
      state: "superseded",
    },
  };
}

const pager = (task: TaskId, title: string): Card => ({
  ...{ kind: "task", subject: { task }, title, tone: "calm", lines: [], fields: [], actions: [] },
  ...{ image: null, state: "done", footer: "" },
});
