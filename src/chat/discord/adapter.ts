// Discord put together: the line, the way out over it, and everything that people do there. Opening waits for nothing:
// until the line is there, posts wait in the outbox.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Post } from "../../core/card.ts";
import type { ChatPort } from "../../core/chat-port.ts";
import type { Command } from "../../core/command.ts";
import type { DiscordSettings } from "../../core/team.ts";
import type { Caller, Instant, Millis } from "../../core/words.ts";
import type { Desk } from "../desk.ts";
import type { Inbox } from "../inbox.ts";
import { createComeback } from "./comeback.ts";
import { project } from "./commands/project.ts";
import { registerCommands } from "./commands/register.ts";
import { createDecisions } from "./decisions.ts";
import { createErrands, type Errands } from "./errands.ts";
import { guardAgainstLibrary } from "./guard.ts";
import { openHeard } from "./heard.ts";
import { createHearing } from "./hearing.ts";
import { createHome } from "./home.ts";
import { createInvitations } from "./invitations.ts";
import { lineOf } from "./lines.ts";
import { listen } from "./listen.ts";
import { openReacted } from "./reacted.ts";
import {
  type DiscordState,
  openSession,
  pause,
  type Session,
  type SessionTimes,
} from "./session.ts";
import type { TicketTimes } from "./ticket.ts";
import { createTrouble } from "./trouble.ts";
import { wayOut } from "./way-out.ts";

export interface DiscordParts {
  readonly token: string;
  /** Without a version; null: Discord's own. */
  readonly api: string | null;
  readonly settings: DiscordSettings;
  /** Where what is known of it is kept. */
  readonly dir: string;
  readonly desk: Desk;
  readonly inbox: Inbox;
  readonly commands: readonly Command[];
  caller(id: string, roles: readonly string[]): Caller;
  /** A name's Discord user id. */
  people(name: string): string | null;
  /** A member's role in the team. */
  roleOf(member: string): string | null;
  keyOf(id: string): string | null;
  idOf(key: string): string | null;
  /** Keys of open merge cards. */
  openApprovals(): readonly string[];
  /** Keys of merge cards that are approved and whose change has not landed. */
  approved(): readonly string[];
  /** Something followed already from what was said there. */
  isActedOn(echo: string): boolean;
  /** @throws Refused, and nothing is kept */
  keep(message: string, paths: readonly string[]): Promise<readonly string[]>;
  /** Resolves when the post is shown or safe on the disk. */
  post(post: Post): Promise<void>;
  now(): Instant;
  log(line: string): void;
  /** Others may say what became of it. */
  readonly changed?: (state: DiscordState) => void;
  readonly times?: Partial<SessionTimes & TicketTimes>;
}

export interface Discord {
  readonly port: ChatPort;
  state(): DiscordState;
  close(): Promise<void>;
}

/** Of one request that no post waits for. */
const requestWithin: Millis = 60_000;
/** What is being acted on may end; what does not is found in the inbox by the next bot. */
const goodbyeWithin: Millis = 1_000;
const seenEvery: Millis = 30_000;

export async function openDiscord(parts: DiscordParts): Promise<Discord> {
  const { log, now, dir, token, api, times = {}, keyOf } = parts;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const heard = await openHeard(dir, parts);
  const reacted = await openReacted(dir, log);
  const endGuard = guardAgainstLibrary({ log });
  const ending = new AbortController();
  const deadline = () => AbortSignal.any([ending.signal, AbortSignal.timeout(requestWithin)]);
  const errands = createErrands(log);
  const state = (): DiscordState => trouble.over(session.state());
  const changed = (): void => parts.changed?.(state());
  const trouble = createTrouble({ now, log, changed, ending: ending.signal });
  // It is logged in after this turn: what hears it is there by then.
  const session = openSession({
    ...{ token, api, times, now, log, changed },
    attach: (client) => listen(client, ears),
    up: (up) => comeback.up(up),
  });
  const home = createHome({ ...parts, session, tell: teller(parts, errands) });
  const hearing = createHearing({ ...parts, session, home, heard, reacted, deadline });
  const { rest, self } = session;
  const invitations = createInvitations({ ...parts, home, ending: ending.signal });
  const decisions = createDecisions({
    ...{ ...parts, ...hearing, rest, self, guild: home.guild },
    bare: (key) => errands.run("what there is to press", invitations.again(key)),
  });
  /** Came over the line and is not heard yet: it was not missed. */
  const waiting = new Set<string>();
  const comeback = createComeback({
    ...{ ...parts, ...hearing, session, home, trouble, errands, heard, decisions, deadline },
    ...{ ending: ending.signal, isWaiting: (id) => waiting.has(id) },
    register: () => register(parts, session, home.guild() ?? "", deadline()),
  });
  const ears = {
    ...{ ...hearing, waiting, run: errands.run, keyOf, caughtUp: comeback.caughtUp },
    ...{ cleared: decisions.on, joined: trouble.anew },
    lost: (id: string) => home.settled()?.rooms.lost(id),
  };
  const seen = setInterval(() => {
    if (session.state().state === "online") heard.present();
  }, seenEvery);

  return {
    port: wayOut({
      ...{ home, state },
      found: (post) => errands.run("a card that is found", decisions.found(post)),
    }),
    state,
    async close() {
      ending.abort();
      clearInterval(seen);
      if (session.state().state === "online") heard.present();
      await session.close();
      await comeback.settled();
      await Promise.race([errands.settled(), pause(goodbyeWithin, new AbortController().signal)]);
      await home.settled()?.port.settled();
      await heard.close();
      endGuard();
    },
  };
}

/** Several lines may come in the same moment: each is a post of its own. */
function teller({ post, now }: DiscordParts, { run }: Errands): (line: string) => void {
  let told = 0;
  return (line) => run("a line", post(lineOf(`told:discord:${now()}.${++told}`, line)));
}

const register = (
  { commands, dir }: DiscordParts,
  { rest, application }: Session,
  guild: string,
  signal: AbortSignal,
): Promise<boolean> =>
  registerCommands({
    ...{ rest, guild, signal, application: application() },
    ...{ commands: project(commands), file: join(dir, "commands.hash") },
  });
