// Discord, when the team file names it: connected beside the bot's work, which waits for it at no point.
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { commands } from "../../commands/index.ts";
import { laterPort } from "../chat/discord/later.ts";
import { openInbox } from "../chat/inbox.ts";
import { isActedOn } from "../chat/left-over.ts";
import type { ChatPort, Report } from "../core/chat-port.ts";
import { personOf } from "../core/people.ts";
import type { DiscordSettings } from "../core/team.ts";
import { cardsThatAre } from "../core/views/cards.ts";
import { postOf } from "../core/views/post.ts";
import { Failure } from "../core/words.ts";
import { deferred } from "../lib/deferred.ts";
import { lockWithin } from "../world/lock.ts";
import { findToken, tokenLock, tokenVariable } from "../world/token.ts";
import type { Means, OpenChat } from "./chats.ts";
import { openWay, type Way } from "./way.ts";

/** A platform that is not there for so long is told of in the built-in chat, ms. */
const expectedWithin = 30_000;

/** A bot that was killed a moment ago lets go of the token by then, ms. */
const formerWithin = 5_000;

/** What could not be opened is tried again so often: somebody may have put it right, ms. */
const againEvery = 10_000;

/** A post at the start waits so long for the opening before it is left to the outbox, ms. */
const openWithin = 10_000;

type Away = NonNullable<Report["away"]>;

/** @param home the chat in which people hear that this one is not there */
export async function openDiscordChat(
  means: Means,
  settings: DiscordSettings,
  home: OpenChat,
): Promise<OpenChat> {
  const { place } = means;
  const way = await openWay(means, "discord");
  const begun = Date.now();
  let open: Awaited<ReturnType<typeof connect>> | null = null;
  let failure: Failure | null = null;
  const port = deferred<ChatPort>();
  const ending = new AbortController();
  const present = async (signal: AbortSignal): Promise<ChatPort> => {
    if (open !== null) return open.chat.port;
    const given = AbortSignal.any([signal, ending.signal]);
    const late = pause(openWithin, null, { signal: given, ref: false }).catch(() => null);
    const found = await Promise.race([port.promise, late]);
    if (found !== null) return found;
    throw new Failure("chat.unavailable", `Discord is not there: ${away()?.why}`);
  };
  const outbox = way.makeOutbox(laterPort(present, () => open?.chat.port ?? null));
  const away = (): Away | null => {
    if (failure !== null) return { since: begun, why: wordsOf(failure) };
    if (open === null) return { since: begun, why: "It is being connected." };
    const { state, since, why } = open.chat.state();
    return state === "online" ? null : { since, why: why ?? state };
  };
  let late: NodeJS.Timeout | null = null;
  /** The post by which people heard of it where they are meanwhile. */
  let told: string | null = null;
  const tell = (key: string, say: string): void =>
    void home.outbox.keep(postOf(key, "alerts", say));
  const tellAway = (): void => {
    const gone = away();
    if (gone === null) return;
    told ??= `discord-away:${gone.since}`;
    tell(told, `Discord is not connected: ${gone.why}`);
  };
  const changed = (): void => {
    const isFinal = failure !== null || open?.chat.state().state === "parked";
    if (away() === null) {
      clearTimeout(late ?? undefined);
      late = null;
      if (told !== null) tell(told, "Discord was not connected for a while, and is again.");
      told = null;
    } else if (isFinal || told !== null) tellAway();
    else late ??= setTimeout(tellAway, expectedWithin);
  };
  const openIt = async (): Promise<void> => {
    for (let waits = formerWithin; open === null && !ending.signal.aborted; waits = 0)
      try {
        open = await connect(means, settings, { ...way, outbox, changed, waits });
        failure = null;
        port.resolve(open.chat.port);
        changed();
      } catch (error) {
        const now = error instanceof Failure ? error : new Failure("chat.unavailable", `${error}`);
        if (now.message !== failure?.message)
          place.log(`discord: ${String((error as Error).stack ?? error)}`);
        failure = now;
        changed();
        await pause(againEvery, null, { signal: ending.signal }).catch(() => null); // it is closed
      }
  };
  changed();
  const opening = openIt();
  return {
    outbox,
    keyOf: way.ledger.keyOf,
    report: () => ({ ...outbox.report(), away: away() }),
    async close() {
      ending.abort();
      await opening;
      clearTimeout(late ?? undefined);
      await outbox.close();
      await open?.chat.close();
      await open?.lock.release();
    },
  };
}

const wordsOf = ({ message, hint }: Failure): string =>
  hint === undefined ? message : `${message}. ${hint}`;

interface Opening {
  /** ms for which a token that another bot has is waited for. */
  readonly waits: number;
  /** The line is there, or is not any more. */
  changed(): void;
}

/** @throws Failure `chat.login`, or `lock.held` when another project's bot has the token */
async function connect(
  means: Means,
  settings: DiscordSettings,
  { ledger, outbox, changed, waits }: Pick<Way, "ledger"> & Pick<OpenChat, "outbox"> & Opening,
) {
  const { place, loop, attachments, desk } = means;
  const { team, paths, log } = place;
  const token = await findToken("discord", team.name, process.env);
  if (token === null)
    throw new Failure("chat.login", "there is no Discord token", {
      hint: `Run \`batty discord setup\`, or set ${tokenVariable("discord")}.`,
    });
  const owner = `batty for ${team.name} at ${paths.root}`;
  const lock = await lockWithin(await tokenLock(token, process.env), owner, waits);
  try {
    return { chat: await openWith(token.value), lock };
  } catch (error) {
    await lock.release(); // what could not be opened keeps nobody from using the token
    throw error;
  }

  async function openWith(value: string) {
    const dir = join(paths.chat, "discord");
    const inbox = await openInbox(dir, means.seal);
    // Loaded by those who use it: it is most of the bot's code.
    const { openDiscord } = await import("../chat/discord/adapter.ts");
    return openDiscord({
      ...{ token: value, api: process.env["BATTY_DISCORD_API"] ?? null, settings, dir },
      ...{ desk, inbox, commands, keep: attachments.take, log, now: Date.now },
      caller: (id, roles) => personOf(team, { via: "discord", id, roles }),
      people: (name) => team.people[name]?.discord ?? null,
      roleOf: (name) => team.members.find((member) => member.name === name)?.role ?? null,
      keyOf: ledger.keyOf,
      idOf: (key) => ledger.get(key)?.id ?? null,
      openApprovals: () => cardsThatAre("open", loop.state()),
      approved: () => cardsThatAre("approved", loop.state()),
      isActedOn: (echo) => isActedOn(loop.state(), "discord", echo),
      post: outbox.keep,
      changed,
    });
  }
}
