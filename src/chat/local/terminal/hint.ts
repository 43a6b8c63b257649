// What stands above the line being written: a notice whole, what Enter does now, or the keys that work here. Pure.
import { type Line, type Span, span, widthOfLine } from "../spans.ts";
import { clean, wrap } from "../width.ts";
import { focused, type View, wantsSomebody } from "./view.ts";

/** What to do next stands at a notice's end: it is cut only when it would take too much of the screen. */
const longestNotice = 4;

export function hintLines(view: View, columns: number, most: number): readonly Line[] {
  if (view.notice === null) return [hint(view, columns)];
  const lines = wrap(clean(view.notice).replaceAll("\n", " "), columns);
  const shown = lines.slice(0, Math.max(1, Math.min(longestNotice, most)));
  // With the rest behind it, the last one is shortened where it is drawn.
  const last = [shown.at(-1) ?? "", ...lines.slice(shown.length)].join(" ");
  return [...shown.slice(0, -1), last].map((line) => [span(line, "warn")]);
}

function hint(view: View, columns: number): Line {
  const { choice, asking } = view;
  if (choice?.kind === "go") return [span("Enter", "key"), span(` goes to ${choice.room}`)];
  if (choice?.kind === "press")
    return [span("Enter", "key"), span(` ${choice.says.replaceAll("\n", " ")}`, "bold")];
  if (asking !== null)
    return [span("Enter", "key"), span(" sends it along, "), span("Esc", "key"), span(" gives up")];
  return beside(view) ?? keys(view, columns);
}

/** Words in the room of someone who asks are a message to them, and they wait for an answer. */
function beside(view: View): Line | null {
  const words = view.editor.text.trim();
  const card = focused(view)?.card;
  if (words === "" || words.startsWith("/") || card?.kind !== "question" || card.state !== "open")
    return null;
  const to = view.rooms.find((r) => r.name === view.current);
  if (to?.kind !== "member") return null;
  return [
    span("Enter", "key"),
    span(` sends a message to ${clean(to.name)} · `),
    span("1…", "key"),
    span(" answers the question"),
  ];
}

/** Those that go first where there is no room for all. */
const dispensable = ["PgUp", "/quit", "Tab", "PgDn"];

function keys(view: View, columns: number): Line {
  const card = focused(view)?.card;
  const yes = card?.state === "open" && card.actions.some((a) => a.verb === "approve");
  const waits = view.rooms.some((r) => r.name !== view.current && wantsSomebody(view, r.name));
  let pairs: readonly (readonly [string, string])[] = [
    ...(view.top === null ? [] : [["PgDn", "more below"] as const]),
    ...(card === undefined || card === null ? [] : [["1…", "card"] as const]),
    ...(yes ? [["y", "✅"] as const] : []),
    ...(waits ? [["u", "what waits"] as const] : []),
    ["Tab", "rooms"],
    ["PgUp", "back"],
    ["/help", ""],
    ["/quit", ""],
  ];
  const line = (): Line =>
    pairs.flatMap(([key, what], i): Span[] => [
      span(i === 0 ? "" : " · ", "dim"),
      span(key, "key"),
      span(what === "" ? "" : ` ${what}`, "dim"),
    ]);
  for (const name of dispensable) {
    if (widthOfLine(line()) <= columns) break;
    pairs = pairs.filter(([key]) => key !== name);
  }
  return line();
}
