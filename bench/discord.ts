// discord-send, -ack, -card: what a person on Discord waits for. Her `/batty send` goes out on the gateway: Discord has
// the first answer, her words are at the agent's stdin; her ✅ does: the card says so. Once while all is calm, and once
// while a gate burns a core and the other panes print. A send's floor is the same bot and a file in the member's inbox.
import { tmuxSocketName } from "../src/world/paths.ts";
import { type Ada, openAda } from "./ada.ts";
import type { Line } from "./follow.ts";
import { median, now, pause, quantile, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import { idle, startTeam, type Team } from "./team.ts";
import { burning } from "./under-test.ts";

const engineers = 50;
const sends = 50;
const cards = 10;
/** Between two acts, so that what the former one brings is posted. ms */
const rest = 300;
const patience = 60_000;
/** What people feel, ms. */
const felt = 150;

interface Figures {
  readonly send: number[];
  readonly ack: number[];
  readonly file: number[];
  readonly card: number[];
}

interface Stage {
  readonly place: Place;
  readonly team: Team;
  readonly ada: Ada;
}

/** ms from `at` until the words were at the first member's stdin; resolves when it is idle again. */
async function arrival(
  team: Team,
  act: () => Promise<{ words: string; at: number }>,
): Promise<number> {
  const [member = ""] = team.members;
  const stamps = team.stamps(member);
  const [stamped, lines] = [stamps.lines.length, team.journal.lines.length];
  const { words, at } = await act();
  const has = (line: Line): boolean => String(line["text"]).includes(words);
  const typed = await stamps.next(`"${words}" at the agent's stdin`, has, stamped);
  await idle(team.journal, member, lines);
  return typed["at"] - at;
}

let said = 0;

async function send({ team, ada }: Stage): Promise<{ send: number; ack: number }> {
  said += 1;
  const words = `All well, for the ${said}th time?`;
  const at = now();
  const ack = ada.slash("send", { name: team.members[0], text: words }).then(() => now() - at);
  const [there, answered] = await Promise.all([arrival(team, async () => ({ words, at })), ack]);
  return { send: there, ack: answered };
}

const byFile = ({ team }: Stage): Promise<number> =>
  arrival(team, async () => {
    const { id, at } = await team.post(team.members[0] ?? "", "All well, once more?");
    return { words: id, at };
  });

/** Merge cards of as many engineers; resolves with their messages. */
async function makeCards({ team, ada }: Stage, first: number): Promise<readonly string[]> {
  const made: string[] = [];
  for (let n = first; n < first + cards; n += 1) {
    const script = [`write src/new-${n}.txt x\\n`, `commit Add ${n}`, "batty done"];
    const body = `Scope: one file\n\n\`\`\`batty-script\n${script.join("\n")}\n\`\`\``;
    const member = team.members[n] ?? "";
    await team.batty("task", "new", `Add part ${n}`, "--body", body, "--assignee", member);
    const isIt = (line: { [field: string]: unknown }): boolean =>
      line["room"] === "batty-merges" &&
      String(line["text"]).includes(`Add part ${n}`) &&
      String(line["buttons"]).includes("Approve");
    made.push(String((await ada.sees(`the card of part ${n}`, isIt))["id"]));
  }
  return made;
}

async function approve({ ada }: Stage, message: string): Promise<number> {
  const at = now();
  await ada.react("✅", message);
  await ada.sees(
    "the card that says so",
    (line) => line["id"] === message && /[Aa]pproved by ada/.test(String(line["text"])),
  );
  return now() - at;
}

async function figuresOf(stage: Stage, made: readonly string[]): Promise<Figures> {
  const figures: Figures = { send: [], ack: [], file: [], card: [] };
  for (let n = 0; n < sends; n += 1) {
    await pause(rest);
    const took = await send(stage);
    figures.send.push(took.send);
    figures.ack.push(took.ack);
    await pause(rest);
    figures.file.push(await byFile(stage));
  }
  for (const message of made) {
    await pause(rest);
    figures.card.push(await approve(stage, message));
  }
  return figures;
}

/** Until it is released: a gate that burns a core, and every pane but the measured one's printing. */
async function load({ place, team }: Stage): Promise<() => Promise<void>> {
  const burn = `${place.env["HOME"]}/burn`;
  await place.run("touch", [burn], team.root);
  const worker = team.members.at(-1) ?? "";
  const script = ["write src/burnt.txt it is there\\n", "commit Burn", "batty done"];
  const body = `Scope: one file\n\n\`\`\`batty-script\n${script.join("\n")}\n\`\`\``;
  const lines = team.journal.lines.length;
  await team.batty("task", "new", "Burn", "--body", body, "--assignee", worker);
  const isClaim = (line: Line): boolean => line["event"] === "task_completed";
  await team.journal.next("the claim", isClaim, lines, patience);
  const socket = tmuxSocketName("bench-discord", team.root);
  const format = ["-F", "#{@batty_role} #{pane_tty}"];
  const panes = await place.run("tmux", ["-L", socket, "list-panes", "-a", ...format], team.root);
  const ttys = panes
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith(`${team.members[0]} `))
    .map((line) => line.split(" ")[1] ?? "");
  const printer = await place.keep([process.execPath, place.program("printer"), ...ttys]);
  return async () => {
    printer.stdin.end();
    await place.run("rm", [burn], team.root);
  };
}

const p99 = (took: readonly number[]): number => quantile(took, 0.99);

function rowsOf(calm: Figures, busy: Figures): Row[] {
  const row = (id: string, what: string, value: number, floor: number | null, runs = sends): Row =>
    rowOf({
      ...{ id, what, unit: "ms", runs, value, floor },
      ...{ ratio: floor === null ? null : value / floor, target: { value: [felt, felt] } },
    });
  const there = "/batty send -> at the agent's stdin";
  const under = `while a gate burns a core and ${engineers - 1} panes print 20 kB/s`;
  return [
    row("discord-send", `${there}, p50`, median(calm.send), median(calm.file)),
    row("discord-send-p99", "the same, p99", p99(calm.send), p99(calm.file)),
    row("discord-send-load", `the same ${under}, p50`, median(busy.send), median(busy.file)),
    row("discord-send-load-p99", "the same, p99", p99(busy.send), p99(busy.file)),
    row("discord-ack", "/batty send -> acknowledged, p99", p99(calm.ack), null),
    row("discord-ack-load", "the same under that load, p99", p99(busy.ack), null),
    row("discord-card", "✅ -> the card says so, p50", median(calm.card), null, cards),
    row("discord-card-load", "the same under that load, p50", median(busy.card), null, cards),
  ];
}

export async function measureDiscord(place: Place): Promise<Row[]> {
  const ada = await openAda(place);
  try {
    const wish = { engineers, testCommand: burning, ...ada.wish };
    const stage = { place, ada, team: await startTeam(place, "bench-discord", wish) };
    await ada.untilConnected();
    await send(stage); // the first of each pays for what is loaded late
    await byFile(stage);
    const calm = await figuresOf(stage, await makeCards(stage, 1));
    const made = await makeCards(stage, 1 + cards);
    const release = await load(stage);
    const busy = await figuresOf(stage, made);
    await release();
    await stage.team.stop();
    return rowsOf(calm, busy);
  } finally {
    await ada.close();
  }
}
