// What scripted engineers commonly do, in one place: tasks whose body says what to write.
import type { Hands, Script, Turn } from "./agents.ts";
import type { Day } from "./day.ts";

/** `write PATH TEXT` lines of a message, as edits. */
export function orders(body: string): readonly (readonly [path: string, text: string])[] {
  return [...body.matchAll(/^write (\S+) (.*)$/gm)].map(([, path = "", text = ""]) => [
    path,
    `${text}\n`,
  ]);
}

/** Writes what the message says, commits it. */
export function obey(me: Hands, turn: Turn): boolean {
  const list = orders(turn.body);
  if (list.length === 0) return false;
  for (const [path, text] of list) me.write(path, text);
  me.commit(`Work on ${list.map(([path]) => path).join(", ")}`);
  return true;
}

/** Obeys and declares it done. */
export const worker: Script = async (me, turn) => {
  if (obey(me, turn)) await me.insist("done");
};

export const workers: Readonly<Record<string, Script>> = {
  "eng-1-1": worker,
  "eng-1-2": worker,
  "eng-1-3": worker,
};

/** A task on the board, by ada. */
export async function newTask(
  day: Day,
  title: string,
  body = "",
  ...more: readonly string[]
): Promise<number> {
  const reply = await day.shell("task", "new", title, "--body", body, ...more);
  if (!reply.ok) throw new Error(reply.refusal.say);
  return (reply.json as { id: number }).id;
}

/** A task up to its open card. */
export async function carded(
  day: Day,
  body = "write a.js one",
  title = "Build a",
): Promise<number> {
  const id = await newTask(day, title, body);
  await day.until(() => day.state().work.get(id)?.phase === "asking");
  await day.pass(4_000);
  return id;
}
