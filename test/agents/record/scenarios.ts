// What each agent is put through. The scripts stand in the prompts, so the model does what the scenario says.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cli } from "../install.ts";
import type { Stage } from "./recorder.ts";

export interface Scenario {
  readonly name: string;
  readonly clis: readonly Cli[];
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  play(stage: Stage): Promise<void>;
}

const both: readonly Cli[] = ["claude", "codex"];
/** ms that a state is recorded before and after it. */
const while_ = 1_500;

const task = (...steps: readonly string[]): string => `model: ${steps.join(" ;; ")}`;
const note = '# Notes\n\nIt\'s a "note": ü 世界 $HOME `x`';
const words =
  "The parser reads one line at a time, keeps what it cannot read, and says so at the end. ";

/** An API error ends the turn: each agent says so in its own place. */
async function fails(stage: Stage): Promise<void> {
  if (stage.cli === "claude") await stage.hook("StopFailure");
  else await stage.record('"task_complete"');
}

async function lastCommit(stage: Stage, wanted: string): Promise<void> {
  const subject = await stage.place.git("log", "-1", "--format=%s", "eng-1/work");
  if (subject.trim() !== wanted)
    throw new Error(`The last commit is "${subject.trim()}", not "${wanted}"`);
}

function failing(name: string, step: string): Scenario {
  return {
    name,
    clis: both,
    async play(stage) {
      await stage.start();
      await stage.rest(while_);
      await stage.submit(task(step, "say Never said."));
      await fails(stage);
      await stage.rest(2 * while_);
      await stage.submit(task("think 1500", "say Well again."));
      await stage.hook("Stop");
      await stage.rest(while_);
    },
  };
}

const permission = (
  name: string,
  commit: string,
  play: (stage: Stage) => Promise<void>,
): Scenario => ({
  name,
  clis: both,
  async play(stage) {
    await stage.start();
    stage.permit("hold");
    await stage.submit(
      task(
        "think 600",
        "ask git commit --allow-empty -m 'A step'",
        "think 800",
        "say Then it is done.",
      ),
    );
    await stage.hook("PermissionRequest");
    await stage.rest(2 * while_);
    await play(stage);
    await stage.hook("Stop");
    await stage.rest(while_);
    await lastCommit(stage, commit);
  },
});

export const scenarios: readonly Scenario[] = [
  {
    name: "turns",
    clis: both,
    async play(stage) {
      await stage.start();
      await stage.rest(while_);
      for (const script of [
        task("think 1500", "say Hello, I am here."),
        task(`stream 2500 ${words.repeat(3)}`),
        task("think 500", "say I look first.", "run echo one; ls", "think 700", "say Seen."),
      ]) {
        await stage.submit(script);
        await stage.hook("Stop");
        await stage.rest(while_);
      }
    },
  },
  {
    name: "slow-tool",
    clis: both,
    async play(stage) {
      await stage.start();
      stage.permit("allow");
      await stage.submit(
        task("run for n in 1 2 3 4 5 6; do echo $n; sleep 0.5; done", "say Counted."),
      );
      await stage.hook("Stop");
      await stage.rest(while_);
    },
  },
  {
    name: "edit",
    clis: both,
    async play(stage) {
      await stage.start();
      stage.permit("allow");
      await stage.submit(
        task(
          "say I write it.",
          `write notes.md ${note.replaceAll("\n", "\\n")}`,
          "think 500",
          "say Written.",
        ),
      );
      await stage.hook("Stop");
      const text = await readFile(join(stage.place.worktree, "notes.md"), "utf8");
      if (text.trimEnd() !== note) throw new Error(`It wrote ${JSON.stringify(text)}`);
      await stage.rest(while_);
    },
  },
  {
    name: "pasted",
    clis: both,
    async play(stage) {
      await stage.start();
      await stage.submit(
        `Task 7: it's "quoted", $HOME, \`code\`, ü, 世界, 🙂\n\nScope:\n- one\n- two\n\n\`\`\`model\nthink 800\nsay Read, all of it.\n\`\`\`\n`,
      );
      await stage.hook("Stop");
      await stage.rest(while_);
    },
  },
  permission("permission-allowed", "A step", async (stage) => stage.release("allow")),
  permission("permission-denied", "Start", async (stage) => stage.release("deny")),
  permission("permission-dialog", "A step", async (stage) => {
    stage.release("dialog");
    await stage.rest(2 * while_);
    await stage.keys("Enter");
  }),
  {
    name: "permission-refused-by-key",
    clis: both,
    async play(stage) {
      await stage.start();
      await stage.submit(task("ask git commit --allow-empty -m 'A step'", "say Then not."));
      await stage.hook("PermissionRequest");
      await stage.rest(2 * while_);
      await stage.keys("Escape");
      await stage.rest(2 * while_);
    },
  },
  {
    name: "question",
    clis: ["claude"],
    async play(stage) {
      await stage.start();
      await stage.submit(
        task(
          "think 500",
          "question Which database? | SQLite | Postgres",
          "think 800",
          "say As you say.",
        ),
      );
      await stage.hook("PermissionRequest");
      await stage.rest(2 * while_);
      await stage.keys("2");
      await stage.hook("Stop");
      await stage.rest(while_);
    },
  },
  {
    name: "interrupted-thinking",
    clis: both,
    async play(stage) {
      await stage.start();
      await stage.submit(task("think 20000", "say Too late."));
      await stage.model("asked");
      await stage.rest(while_);
      await stage.keys("Escape");
      await stage.model("left");
      await stage.rest(while_);
      // Claude Code puts the prompt back into its composer; Codex ends at this key when there is nothing to clear.
      if (stage.cli === "claude") await stage.keys("C-c");
      await stage.rest(while_);
      await stage.submit(task("think 800", "say Here again."));
      await stage.hook("Stop");
      await stage.rest(while_);
    },
  },
  {
    name: "interrupted-tool",
    clis: both,
    async play(stage) {
      await stage.start();
      stage.permit("allow");
      await stage.submit(
        task(
          "say I start.",
          "run for n in $(seq 60); do echo $n; sleep 0.5; done",
          "say Too late.",
        ),
      );
      await stage.hook("PreToolUse");
      await stage.rest(while_);
      await stage.keys("Escape");
      await stage.rest(2 * while_);
      await stage.submit(task("think 800", "say Here again."));
      await stage.hook("Stop");
      await stage.rest(while_);
    },
  },
  {
    name: "queued",
    clis: both,
    async play(stage) {
      await stage.start();
      stage.permit("allow");
      await stage.submit(
        task("run for n in 1 2 3 4; do sleep 0.5; done; echo slept", "think 1500", "say First."),
      );
      await stage.model("done");
      await stage.rest(500);
      await stage.submit("And look at the readme, too.");
      await stage.hook("Stop");
      await stage.rest(2 * while_);
    },
  },
  failing("error-429", "fail 429"),
  failing("error-529", "fail 529"),
  failing("error-500", "fail 500"),
  failing("error-401", "fail 401"),
  failing("error-drop", "drop"),
  failing("usage-limit", "limit 7200"),
  {
    name: "usage-limit-of-plan",
    clis: ["claude"],
    env: { ANTHROPIC_AUTH_TOKEN: "", CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-scripted" },
    play: failing("", "limit 7200").play,
  },
  {
    // Codex offers a smaller model then, in a dialog that takes the next Enter for itself.
    name: "usage-limit-offer",
    clis: ["codex"],
    args: ["-c", "notice.hide_rate_limit_model_nudge=false"],
    async play(stage) {
      await stage.start();
      await stage.submit(task("limit 7200", "say Never said."));
      await fails(stage);
      await stage.rest(2 * while_);
    },
  },
  failing("context-full", "full 2"),
  {
    name: "commit-in-sandbox",
    clis: ["codex"],
    async play(stage) {
      await stage.start();
      stage.permit("allow");
      const commit = "git commit --allow-empty -m 'A step'";
      await stage.submit(task(`run ${commit}`, `ask ${commit}`, "say Done."));
      await stage.hook("Stop");
      await stage.rest(while_);
      await lastCommit(stage, "A step");
    },
  },
  {
    name: "retried",
    clis: both,
    async play(stage) {
      await stage.start();
      await stage.submit(task("fail 500 1", "think 500", "say Second try."));
      await stage.hook("Stop");
      await stage.rest(while_);
    },
  },
  {
    name: "context-high",
    clis: both,
    async play(stage) {
      await stage.start();
      for (const tokens of [60_000, 120_000, 160_000, 192_000, 20_000]) {
        await stage.submit(task(`tokens ${tokens}`, "think 500", "say Noted."));
        await stage.hook("Stop");
        await stage.rest(while_);
      }
    },
  },
  {
    name: "compaction",
    clis: ["claude"],
    args: ["--autocompact", "100000"],
    async play(stage) {
      await stage.start();
      for (const tokens of [40_000, 80_000, 99_000, 20_000]) {
        await stage.submit(task(`tokens ${tokens}`, "think 500", "say Noted."));
        await stage.hook("Stop");
        await stage.rest(while_);
      }
    },
  },
  {
    name: "killed",
    clis: both,
    async play(stage) {
      await stage.start();
      await stage.submit(task("say Before.", "think 300"));
      await stage.hook("Stop");
      await stage.submit(task("think 20000", "say Too late."));
      await stage.model("asked");
      await stage.rest(while_);
      await stage.kill("SIGKILL");
      await stage.dead();
      await stage.rest(while_);
      await stage.resume();
      await stage.rest(while_);
      await stage.submit(task("think 800", "say Back."));
      await stage.hook("Stop");
      await stage.rest(while_);
    },
  },
  {
    name: "terminated",
    clis: both,
    async play(stage) {
      await stage.start();
      await stage.submit(task("say Before."));
      await stage.hook("Stop");
      await stage.rest(while_);
      await stage.kill("SIGTERM");
      await stage.dead();
      await stage.rest(while_);
    },
  },
  {
    name: "exit-by-key",
    clis: both,
    async play(stage) {
      await stage.start();
      await stage.submit(task("say Before."));
      await stage.hook("Stop");
      await stage.rest(while_);
      await stage.keys("C-c");
      if (stage.cli === "claude") await stage.keys("C-c");
      await stage.dead();
      await stage.rest(while_);
    },
  },
  {
    name: "exit",
    clis: both,
    async play(stage) {
      await stage.start();
      await stage.submit(task("say Before."));
      await stage.hook("Stop");
      await stage.rest(while_);
      await stage.type("/exit");
      await stage.rest(400);
      await stage.keys("Enter");
      await stage.dead();
      await stage.rest(while_);
    },
  },
];
