// discord-send, -ack: a person's `/batty send` goes out on the gateway, its words come to the agent's stdin; and Discord
// has the first answer. The server is the loopback one, a process of its own. The floor is the same bot without
// Discord: the message as a file in the member's inbox.
import { join } from "node:path";
import { type Talk, talkTo } from "../src/demo/json-lines.ts";
import type { Line } from "./follow.ts";
import { compare, now, pause, quantile, type Round, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import { idle, startTeam, type Team, type TeamWish } from "./team.ts";

const rounds = 5;
const perRound = 10;
/** Between two messages, so that the answers to the former one are posted. ms */
const rest = 300;
const patience = 20_000;
/** What people feel, ms. */
const felt = 150;

interface Ready {
  readonly api: string;
  readonly token: string;
  readonly guild: string;
  readonly people: { readonly ada: string };
}

/** What the bot needs of the server that is talked to. */
async function wishFor(talk: Talk): Promise<TeamWish> {
  const line = await talk.next("the loopback Discord", (l) => "ready" in l);
  const { api, token, guild, people } = line["ready"] as Ready;
  return {
    engineers: 1,
    botEnv: { BATTY_DISCORD_API: api, BATTY_DISCORD_BOT_TOKEN: token },
    keys: [
      { path: ["chat", "discord", "guild"], value: guild },
      { path: ["people", "ada", "discord"], value: people.ada },
      { path: ["access", "approvers"], value: ["ada"] },
    ],
  };
}

let said = 0;

/** Resolves when Discord has the bot's first answer. @throws Error when it would not let ada do it */
async function slash(talk: Talk, verb: string, options: object): Promise<void> {
  said += 1;
  const ref = said;
  talk.send({ ref, by: "ada", slash: `batty ${verb}`, options, room: "batty-commands" });
  const answer = await talk.next(`the answer to ${verb}`, (line) => line["ref"] === ref);
  if (answer["error"] !== undefined) throw new Error(String(answer["error"]));
}

/** The bot connects beside its other work. */
async function untilConnected(talk: Talk): Promise<void> {
  for (const limit = now() + patience; ; await pause(100)) {
    try {
      return await slash(talk, "status", {});
    } catch (error) {
      if (now() > limit) throw error;
    }
  }
}

interface Took {
  /** ms until the words were at the agent's stdin. */
  readonly there: number;
  /** ms until Discord had the first answer; null: nobody asked for one. */
  readonly answered: number | null;
}

async function byDiscord(team: Team, talk: Talk): Promise<Took> {
  const [member = ""] = team.members;
  const stamps = team.stamps(member);
  const [stamped, lines] = [stamps.lines.length, team.journal.lines.length];
  const text = `All well, for the ${said}th time?`;
  const at = now();
  const answering = slash(talk, "send", { name: member, text }).then(() => now() - at);
  const words = (line: Line): boolean => String(line["text"]).includes(text);
  const typed = await stamps.next(`"${text}" at the agent's stdin`, words, stamped);
  await idle(team.journal, member, lines);
  return { there: typed["at"] - at, answered: await answering };
}

async function byFile(team: Team): Promise<Took> {
  const [member = ""] = team.members;
  const stamps = team.stamps(member);
  const [stamped, lines] = [stamps.lines.length, team.journal.lines.length];
  const { id, at } = await team.post(member, "All well, once more?");
  const typed = await stamps.next(id, (line) => String(line["text"]).includes(id), stamped);
  await idle(team.journal, member, lines);
  return { there: typed["at"] - at, answered: null };
}

async function measureWith(team: Team, talk: Talk): Promise<Row[]> {
  await untilConnected(talk);
  await byDiscord(team, talk); // the first of each pays for what is loaded late
  await byFile(team);
  const all: Round[] = [];
  const answered: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const round: Round = { product: [], floor: [] };
    for (let k = 0; k < perRound; k += 1) {
      await pause(rest);
      const took = await byDiscord(team, talk);
      round.product.push(took.there);
      answered.push(took.answered ?? Number.NaN);
      await pause(rest);
      round.floor.push((await byFile(team)).there);
    }
    all.push(round);
  }
  return rowsOf(all, answered);
}

function rowsOf(all: readonly Round[], answered: readonly number[]): Row[] {
  const p99 = (of: keyof Round): number =>
    quantile(
      all.flatMap((round) => round[of]),
      0.99,
    );
  const [value, floor, runs] = [p99("product"), p99("floor"), answered.length];
  return [
    compare("discord-send", "/batty send -> at the agent's stdin (floor: by file), p50", all, {
      value: [felt, felt / 3],
    }),
    rowOf({
      ...{ id: "discord-send-p99", what: "the same, p99", unit: "ms", runs },
      ...{ value, floor, ratio: value / floor, target: { value: [felt, felt] } },
    }),
    rowOf({
      ...{ id: "discord-ack", what: "/batty send -> acknowledged, p99", unit: "ms", runs },
      ...{ value: quantile(answered, 0.99), floor: null, ratio: null },
      target: { value: [felt, felt / 3] },
    }),
  ];
}

export async function measureDiscord(place: Place): Promise<Row[]> {
  const program = join(place.folder, "dist", "loopback-discord.js");
  const talk = talkTo([program, "ada"], place.env, () => {});
  try {
    const team = await startTeam(place, "bench-discord", await wishFor(talk));
    const rows = await measureWith(team, talk);
    await team.stop();
    return rows;
  } finally {
    await talk.close();
  }
}
