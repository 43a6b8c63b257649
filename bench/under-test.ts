// p12: a gate's tests burn a core; a message to somebody else must not notice. The floor is the same bot before.
import { pause, quantile, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import { idle, type Team } from "./team.ts";

const messages = 150;
const rest = 20;
/** Burns a core for as long as the file is there. */
export const burning = 'while [ -e "$HOME/burn" ]; do :; done';

async function deliveries(team: Team, member: string): Promise<number[]> {
  const stamps = team.stamps(member);
  const took: number[] = [];
  for (let n = 0; n < messages; n += 1) {
    const [stamped, lines] = [stamps.lines.length, team.journal.lines.length];
    const { id, at } = await team.post(member, "All well?");
    const line = await stamps.next(id, (l) => String(l["text"]).includes(id), stamped);
    took.push((line["at"] as number) - at);
    await idle(team.journal, member, lines);
    await pause(rest);
  }
  return took;
}

export async function measureUnderTest(place: Place, team: Team): Promise<Row[]> {
  const [worker = "", other = ""] = team.members;
  const calm = await deliveries(team, other);
  const burn = `${place.env["HOME"]}/burn`;
  await place.run("touch", [burn], team.root);
  const lines = team.journal.lines.length;
  const script = ["write src/burnt.txt it is there\\n", "commit Burn", "batty done"];
  const body = `Scope: one file\n\n\`\`\`batty-script\n${script.join("\n")}\n\`\`\``;
  await team.batty("task", "new", "Burn", "--body", body, "--assignee", worker);
  await team.journal.next("the claim", (line) => line["event"] === "task_completed", lines);
  const busy = await deliveries(team, other);
  await place.run("rm", [burn], team.root);
  await team.journal.next(
    "the gate's word",
    (l) => l["event"] === "approval_requested",
    lines,
    60_000,
  );
  const [value, floor] = [quantile(busy, 0.99), quantile(calm, 0.99)];
  return [
    rowOf({
      ...{ id: "p12", what: "message to stdin while a gate burns a core, p99", unit: "ms" },
      ...{ value, floor, ratio: value / floor, runs: messages },
      target: { ratio: [5, 2], value: [50, 50] },
    }),
  ];
}
