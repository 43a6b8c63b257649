// What the soak's engineers do with what comes back to them, and the tasks they are given.
import type { Chance } from "../fakes/chance.ts";

/** Rules of a playbook. Each makes a new commit, so that a change sent back is another one. */
const again = [
  "run! echo exit 0 >test/t{{task.id}}-$$.sh",
  "run! sed -i 's/exit 1/exit 0/' test/*.sh",
  "run git add -A",
  "run git commit -qm Again",
  "batty done",
];
export const playbook: readonly object[] = [
  { on: "gate-red", do: again },
  { on: "message", match: "started anew|lets you try again|Sent back by|go on", do: again },
  {
    on: "message",
    match: "conflicts with|could not land",
    do: ["run git merge -q -X ours main", ...again],
  },
];

/** A task's script: what an engineer may do to a supervisor. */
export function scriptOf(name: string, chance: Chance): readonly string[] {
  const write = [`write test/${name}.sh exit 0\\n`, `commit Add ${name}`, "batty done"];
  const ways: readonly (readonly string[])[] = [
    write,
    write,
    [`write test/${name}.sh exit 1\\n`, `commit Add ${name} wrongly`, "batty done"],
    [`write test/${name}.sh exit 0\\n`, "crash"],
    [`write test/${name}.sh exit 0\\n`, `commit Add ${name}`, "exit 3"],
    [`write test/${name}.sh exit 0\\n`, `commit Add ${name}`],
    ["ask Which way? | left | right", ...write],
    [`write shared.txt ${name}\\n`, ...write],
    ["flood 200kB 2s", ...write],
    ["sleep 5s", ...write, "ignore-enter 1"],
  ];
  return chance.one(ways);
}
