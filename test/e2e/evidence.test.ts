// Nothing reaches main but trees that were tested, and what is tested is the commit alone.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isCard, type Line } from "./chat.ts";
import { type Team, team } from "./team.ts";

const asking = (t: Team, task: number): Promise<Line> =>
  t.chat.next(`the card of #${task}`, isCard("merge", "open", task));
const landed = (t: Team, task: number): Promise<Line> =>
  t.chat.next(`the landing of #${task}`, isCard("merge", "done", task));

const evidenceOf = async (t: Team, tree: string) =>
  JSON.parse(await readFile(join(t.root, ".batty", "gate", `${tree}.json`), "utf8"));

test("each commit of ours on main has a tree with green evidence, through reds, moved mains and others' commits", async () => {
  const t = await team({
    edit: (yaml) => yaml.replace("# instances: 2", "instances: 2"),
    playbooks: {
      "engineer-2": [
        { on: "gate-red", do: ["write test/red.sh exit 0\\n", "commit Mend it", "batty done"] },
      ],
    },
  });
  const one = await t.task("engineer-1", "one");
  const red = await t.task("engineer-2", "red", "write test/red.sh exit 1\\n", "commit Break it");
  const cards = [await asking(t, one), await asking(t, red)];
  await t.write("mine.txt", "mine\n");
  await t.git("add", "mine.txt");
  await t.git("commit", "-qm", "Mine");
  for (const card of cards) await t.chat.react("✅", card["id"]);
  await landed(t, one);
  await landed(t, red);
  const log = await t.git(
    "log",
    "--first-parent",
    "--format=%H %T %P%x09%s%x09%(trailers:key=Batty-Gate-Tree,valueonly,separator=)",
    "main",
  );
  const ours = log
    .split("\n")
    .map((line) => line.split("\t"))
    .filter(([, subject]) => subject?.startsWith("Merge #"));
  expect(ours).toHaveLength(2);
  for (const [oids = "", , trailer] of ours) {
    const [, tree = "", , branch = ""] = oids.split(" ");
    const evidence = await evidenceOf(t, tree);
    expect(evidence).toMatchObject({ tree, flaky: false });
    expect(evidence.runs.at(-1)).toMatchObject({ command: "make test", result: "green", exit: 0 });
    expect(trailer).toBe(tree);
    expect(branch).toBe(oids.split(" ").at(-1));
  }
  expect(
    t.journal.of(
      "verification_evidence_collected",
      (l) => l["result"] === "red" && l["purpose"] === "done",
    ),
  ).toHaveLength(1);
  const mine = await t.git("log", "-1", "--format=%an <%ae> %cn", "--grep=Mine", "main");
  expect(mine).toBe("Ada <ada@example.invalid> Ada");
});

const node = {
  Makefile: null,
  "gate.sh": null,
  "test/base.sh": null,
  "package.json": '{"name":"x","type":"module","private":true,"scripts":{"test":"node --test"}}\n',
  ".gitignore": "node_modules\n",
  "test/base.test.js": 'import test from "node:test";\ntest("base", () => {});\n',
};

test("a package that only the person's node_modules has fails the gate", async () => {
  const t = await team({ files: node });
  const folder = join(t.root, "node_modules", "only-here");
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "package.json"),
    '{"name":"only-here","type":"module","exports":"./index.js"}',
  );
  await writeFile(join(folder, "index.js"), "export default 1;\n");
  const imports = 'write test/one.test.js import "only-here";\\n';
  const script = `\`\`\`batty-script\n${imports}\ncommit Use it\nbatty done\n\`\`\``;
  await t.batty(
    "task",
    "new",
    "Use it",
    "--body",
    `Scope: test\n\n${script}`,
    "--assignee",
    "engineer",
  );
  const evidence = await t.journal.until("verification_evidence_collected", (l) => l["task"] === 1);
  expect(evidence["result"]).toBe("red");
  expect(evidence["lines"].join("\n")).toContain("only-here");
  await t.write("test/one.test.js", 'import "only-here";\n');
  expect((await t.place.run("npm", ["test"])).code).toBe(0);
});

test("what the agent has open beside its commit is not tested", async () => {
  const t = await team();
  await t.task(
    "engineer",
    "one",
    "write test/zz.sh exit 1\\n",
    "run echo test/zz.sh >>$(git rev-parse --git-path info/exclude)",
  );
  const evidence = await t.journal.until("verification_evidence_collected", (l) => l["task"] === 1);
  expect(evidence).toMatchObject({ result: "green", counts: { passed: 2, failed: 0 } });
});

test("the last 50 lines of a red gate come back as they were, to the same branch", async () => {
  const t = await team({
    playbooks: {
      engineer: [
        {
          on: "gate-red",
          do: ["say seen", "write test/one.sh exit 0\\n", "commit Mend", "batty done"],
        },
      ],
    },
  });
  const noisy = "write test/one.sh for n in $(seq 1 80); do echo line $n; done; exit 1\\n";
  const task = await t.task("engineer", "one", noisy, "commit Noise");
  const sent = await t.journal.until("message_sent", (l) => l["mail"].msg_type === "gate");
  const [evidence] = t.journal.of("verification_evidence_collected", (l) => l["result"] === "red");
  const body = sent["mail"].body as string;
  const lines: string[] = evidence?.["lines"] ?? [];
  expect(lines).toHaveLength(50);
  expect(body).toContain(lines.join("\n"));
  expect(body).toContain("\nline 80\n");
  expect(body).not.toContain("\nline 20\n");
  const card = await asking(t, task);
  const branch = (card["card"].fields as Line[]).find((f) => f["name"] === "branch");
  expect(branch?.["value"]).toBe(`engineer/${task}`);
});

test("red to the end is one escalation, and the task stays with its author, blocked", async () => {
  const t = await team({
    playbooks: {
      engineer: [
        { on: "gate-red", do: ["append test/one.sh # again\\n", "commit Again", "batty done"] },
      ],
    },
  });
  const task = await t.task("engineer", "one", "write test/one.sh exit 1\\n", "commit Red");
  const card = await t.chat.next("the question", isCard("question", "open", task));
  expect(card).toMatchObject({ room: "engineer" });
  await t.journal.until(
    "message_sent",
    (l) => l["to"] === "architect" && l["mail"].msg_type === "escalation",
  );
  await t.journal.until(
    "board_written",
    (l) => l["task"] === task && l.seq > (t.journal.of("task_escalated")[0]?.seq ?? 0),
  );
  expect(t.journal.of("task_escalated")).toHaveLength(1);
  expect(
    t.journal.of(
      "verification_evidence_collected",
      (l) => l["task"] === task && l["result"] === "red",
    ),
  ).toHaveLength(3);
  const shown = (await t.batty("task", "show", String(task), "--json")).json;
  expect(shown).toMatchObject({ status: "in-progress", blocked: true, claimed_by: "engineer" });
  expect(await t.git("log", "--format=%s", "main")).toBe("A project with one test");
});
