// A real team to measure: the built bot on a small repository, its engineers script agents that stamp their input.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setKeys } from "../src/config/edit.ts";
import { mailKey, sign } from "../src/world/signature.ts";
import { type Follow, follow } from "./follow.ts";
import { type Past, writePast } from "./history.ts";
import { now } from "./measure.ts";
import type { Place } from "./place.ts";

export interface Team {
  readonly root: string;
  readonly members: readonly string[];
  readonly journal: Follow;
  /** What the member's agents read, epoch after epoch. */
  stamps(member: string): Follow;
  batty(...args: readonly string[]): Promise<string>;
  /** A person's message as a file in the member's inbox: its id, and the moment it could be seen there. */
  post(member: string, body: string): Promise<{ readonly id: string; readonly at: number }>;
  stop(): Promise<void>;
  /** From `start` to its answer, ms. */
  readonly startTook: number;
}

const fewFiles = 100;
const perFolder = 200;

/** A repository of some files whose tests are `true`. */
export async function makeRepository(place: Place, root: string, files = fewFiles): Promise<void> {
  for (let n = 0; n < files; n += 1) {
    const folder = join(root, "src", n < perFolder ? "" : `${Math.floor(n / perFolder)}`);
    if (n % perFolder === 0) await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `part-${n}.txt`), `part ${n}\n`.repeat(20));
  }
  const git = (...args: readonly string[]): Promise<string> => place.run("git", args, root);
  await git("init", "-q", "-b", "main");
  await git("config", "user.name", "Ada");
  await git("config", "user.email", "ada@example.invalid");
  await git("add", "-A");
  await git("commit", "-q", "-m", "A project of some files");
}

export interface TeamWish {
  readonly engineers: number;
  /** Of the repository [100]. */
  readonly files?: number;
  /** [`true`] */
  readonly testCommand?: string;
  /** Each member's [script] */
  readonly agent?: string;
  /** Variables of the bot alone. */
  readonly botEnv?: Readonly<Record<string, string>>;
  /** What it has behind it [nothing]. */
  readonly past?: Past;
  /** More in team.yaml. */
  readonly keys?: Parameters<typeof setKeys>[1];
}

/** Started, and each engineer idle. @param name of team and folder */
export async function startTeam(place: Place, name: string, wish: TeamWish): Promise<Team> {
  const root = join(place.folder, name);
  const { engineers } = wish;
  await makeRepository(place, root, wish.files);
  const batty = (...args: readonly string[]): Promise<string> =>
    place.run(place.installed, args, root);
  await batty("init", "--template", "solo", "--agent", wish.agent ?? "script");
  const yaml = join(root, ".batty", "team_config", "team.yaml");
  const written = edited(await readFile(yaml, "utf8"), wish);
  await writeFile(yaml, setKeys(written, wish.keys ?? []));
  const members =
    engineers === 1
      ? ["engineer"]
      : Array.from({ length: engineers }, (_, n) => `engineer-${n + 1}`);
  for (const member of members) await writeFile(join(place.stamps, member), "");
  const events = join(root, ".batty", "team_config", "events.jsonl");
  if (wish.past === undefined) await writeFile(events, "", { mode: 0o600 });
  else await writePast(root, wish.past);
  const journal = follow(events, wish.past !== undefined);
  const stamps = new Map(members.map((member) => [member, follow(join(place.stamps, member))]));
  const began = now();
  await place.run(place.installed, ["start"], root, wish.botEnv);
  const startTook = now() - began;
  for (const member of members) await idle(journal, member);
  const key = await mailKey(place.env["HOME"] ?? "", name);
  return {
    ...{ root, members, journal, batty, startTook },
    stamps: (member) => stamps.get(member) as Follow,
    post: (member, body) => post(join(root, ".batty", "inboxes", member), key, member, body),
    async stop() {
      for (const each of [journal, ...stamps.values()]) each.close();
      await batty("stop", "--bot");
    },
  };
}

function edited(yaml: string, { engineers, testCommand = "true" }: TeamWish): string {
  const counted =
    engineers === 1 ? yaml : yaml.replace(/# instances: \d+.*/, `instances: ${engineers}`);
  return counted.replace(
    /^ *(# *)?test_command:.*$/m,
    `    test_command: ${JSON.stringify(testCommand)}`,
  );
}

/** The member's agent can take a message. @param after how many journal lines are passed over */
export const idle = (journal: Follow, member: string, after = 0): Promise<unknown> =>
  journal.next(
    `${member} being idle`,
    (line) =>
      line["event"] === "member_signalled" && line["member"] === member && line["kind"] === "idle",
    after,
  );

let posted = 0;

async function post(
  box: string,
  key: Buffer,
  to: string,
  body: string,
): Promise<{ id: string; at: number }> {
  posted += 1;
  const timestamp = Date.now();
  const id = `${timestamp}.${posted}.${randomBytes(4).toString("hex")}`;
  const mail = { id, from: userInfo().username, to, body, msg_type: "send", timestamp };
  const text = JSON.stringify({ ...mail, signature: sign(key, mail) });
  await writeFile(join(box, "tmp", id), text);
  const at = now();
  await rename(join(box, "tmp", id), join(box, "new", id));
  return { id, at };
}
