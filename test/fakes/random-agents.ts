// Engineers of a random day: they follow what a task's body says of them, die now and then, and mend what comes back.
import type { Hands, Script, Turn } from "./agents.ts";
import type { Chance } from "./chance.ts";
import type { Day } from "./day.ts";
import { orders } from "./scripts.ts";

/** What a task's body says: `write PATH TEXT`, `reds N`, `how done|turn|late`, `dies N`. */
interface Task {
  readonly files: readonly string[];
  readonly reds: number;
  readonly how: string;
  dies: number;
  attempts: number;
}

const numberIn = (body: string, key: string): number =>
  Number(new RegExp(`^${key} (\\d+)$`, "m").exec(body)?.[1] ?? 0);

function read(body: string): Task {
  return {
    files: orders(body).map(([path]) => path),
    reds: numberIn(body, "reds"),
    how: /^how (\w+)$/m.exec(body)?.[1] ?? "done",
    dies: numberIn(body, "dies"),
    attempts: 0,
  };
}

const deadlines = [[], ["--default", "left", "--deadline", "30s"]] as const;

/** Mail that asks for work on a task. */
const asksForWork = (body: string): boolean =>
  orders(body).length > 0 ||
  /^Gate red for|conflicts with|could not land|started anew|lets you try again|cut short|Sent back|go on/m.test(
    body,
  );

export function randomAgents(
  day: () => Day,
  chance: Chance,
): { readonly engineer: Script; readonly lead: Script } {
  const tasks = new Map<number, Task>();

  const perform = async (me: Hands, turn: Turn, id: number): Promise<string | undefined> => {
    if (orders(turn.body).length > 0 && !tasks.has(id)) tasks.set(id, read(turn.body));
    // What it committed without a task became one: only that much is known of it.
    const task = tasks.get(id) ?? read(`write adopted${id}.js ok`);
    tasks.set(id, task);
    const signal = new AbortController().signal;
    const { head } = await day().repo.trunk(signal);
    const { branch } = await day().repo.inspect(me.member, head, signal);
    if (branch !== `${me.member}/${id}`) return `I am on ${branch}`;
    task.attempts += 1;
    if (turn.body.includes("merge main") || turn.body.includes("Merge main"))
      day().repo.member.mergeTrunk(me.member);
    for (const path of task.files) {
      const red = task.attempts <= task.reds ? "RED" : "ok";
      me.write(path, `${red} ${id}.${task.attempts}\n`);
      await me.sleep(200 + chance.below(3_000));
    }
    if (task.dies > 0) {
      task.dies -= 1;
      me.crash(1);
    }
    me.commit(`Attempt ${task.attempts} of #${id}`);
    if (task.how === "late") await me.sleep(15_000);
    if (task.how !== "turn") await me.insist("done", "--task", String(id));
    return `#${id} is done`;
  };

  return {
    async engineer(me, turn) {
      const named = /go on with #(\d+)/.exec(turn.body)?.[1];
      const id = named === undefined ? turn.task : Number(named);
      if (turn.body.includes("This was the last attempt")) return "I wait";
      if (id !== null && asksForWork(turn.body)) return perform(me, turn, id);
      if (id === null && turn.body.includes("on the side")) {
        me.write(`side${chance.below(1_000)}.js`, "ok\n");
        me.commit("On the side");
        if (chance.hits(0.5)) await me.insist("done");
        return "it is done";
      }
      await me.sleep(turn.body === "think long" ? 80_000 : chance.below(20_000));
      if (turn.body.includes("ask me"))
        await me.batty(
          "ask",
          `Which way, ${turn.id}?`,
          "--option",
          "left",
          ...chance.one(deadlines),
        );
      // Who wrote may be answered by hand.
      if (turn.via !== null && chance.hits(0.3)) await me.batty("send", "human", "I am on it");
      return "taken";
    },
    async lead(me, turn) {
      await me.sleep(chance.below(2_000));
      if (turn.from === "ada" && me.member === "manager")
        await me.batty("send", "eng-1-1", `The manager says ${turn.id}`);
      return "taken";
    },
  };
}
