// The line to Discord: logged in in the background, kept up by the library and watched by us. Knows nothing of what is
// said on it.
import {
  type APIApplication,
  Client,
  DiscordAPIError,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  Partials,
  REST,
  Routes,
} from "discord.js";
import type { Instant, Millis } from "../../core/words.ts";
import { type Deferred, deferred } from "../../lib/deferred.ts";
import { mayReadText } from "./application.ts";
import { pace } from "./pace.ts";
import { restOptions } from "./rest.ts";

/** `parked`: only a person can help, so it is hardly tried. */
export interface DiscordState {
  readonly state: "online" | "away" | "parked";
  readonly since: Instant;
  /** What is wrong and what to do; null while it is online. */
  readonly why: string | null;
}

export interface SessionTimes {
  /** Between tries to log in: the first pause, doubled up to the cap. */
  readonly firstRetry: Millis;
  readonly retryCap: Millis;
  /** Between tries that only a person's work can make succeed. */
  readonly parked: Millis;
  /** The library gets so long to come back by itself, then it is begun anew. */
  readonly backWithin: Millis;
  /** Without a heartbeat's answer for so long, whatever the socket says, the line is dead. */
  readonly quiet: Millis;
  /** Whether plain text may be read now is asked so often while it may not. */
  readonly textAsked: Millis;
}

export const usualTimes: SessionTimes = {
  firstRetry: 1_000,
  retryCap: 20_000,
  parked: 10 * 60_000,
  backWithin: 45_000,
  quiet: 120_000,
  textAsked: 10 * 60_000,
};

/** Servers that are down at the moment must not hold up what is said on ours. */
const waitGuildTimeout: Millis = 2_000;
const goodbyeWithin: Millis = 2_000;

/** The line is there. */
export interface Up {
  readonly client: Client<true>;
  /** False: the same session goes on, and all that happened meanwhile was told. */
  readonly isNew: boolean;
  /** Since when it was not there. */
  readonly awaySince: Instant;
  readonly at: Instant;
}

export interface SessionParts {
  readonly token: string;
  /** Without a version; null: Discord's own. */
  readonly api: string | null;
  readonly times?: Partial<SessionTimes>;
  now(): Instant;
  log(line: string): void;
  /** Each client that is made, before it logs in. */
  attach(client: Client): void;
  up(up: Up): void;
  changed(state: DiscordState): void;
}

export interface Session {
  readonly rest: REST;
  /** The bot's own user; empty before the first login. */
  self(): string;
  application(): string;
  state(): DiscordState;
  /** Whether plain text is shown to us. */
  hasText(): boolean;
  close(): Promise<void>;
}

/** How one client ended. */
type End =
  | { readonly kind: "lost"; readonly why: string; readonly wasUp: boolean }
  | { readonly kind: "fatal"; readonly why: string }
  | { readonly kind: "anew" };

const newToken =
  "Discord does not take the bot's token. Make a new one (Developer Portal, Bot, Reset Token) and run `batty discord setup`.";
const update = (code: number): string =>
  `Discord closes the line with ${code} and takes no other try: this version of Batty is too old for it, update it.`;
const fatalCloses: Readonly<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]: newToken,
  [GatewayCloseCodes.InvalidShard]: update(GatewayCloseCodes.InvalidShard),
  [GatewayCloseCodes.ShardingRequired]: update(GatewayCloseCodes.ShardingRequired),
  [GatewayCloseCodes.InvalidAPIVersion]: update(GatewayCloseCodes.InvalidAPIVersion),
  [GatewayCloseCodes.InvalidIntents]: update(GatewayCloseCodes.InvalidIntents),
  [GatewayCloseCodes.DisallowedIntents]: update(GatewayCloseCodes.DisallowedIntents),
};

export function openSession(parts: SessionParts): Session {
  const times = { ...usualTimes, ...parts.times };
  const where = parts.api === null ? {} : { api: parts.api };
  const rest = new REST({ ...restOptions, ...where }).setToken(parts.token);
  const ending = new AbortController();
  let state: DiscordState = { state: "away", since: parts.now(), why: "It is being logged in." };
  const known = { self: "", application: "" };
  let wantsText = false;
  /** Discord said no although the application's flags say yes. */
  let textRefused = false;

  const enter = (next: DiscordState["state"], why: string | null): void => {
    if (state.state === next && state.why === why) return;
    // An absence that changes its reason is still the same absence.
    const since = state.state !== "online" && next !== "online" ? state.since : parts.now();
    state = { state: next, since, why };
    parts.changed(state);
  };

  const askApplication = async (): Promise<APIApplication> => {
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(pace.lateness)]);
    return (await rest.get(Routes.currentApplication(), { signal })) as APIApplication;
  };

  const onClosed = (code: number): End => {
    if (code !== GatewayCloseCodes.DisallowedIntents || !wantsText)
      return { kind: "fatal", why: fatalCloses[code] ?? update(code) };
    textRefused = true;
    return { kind: "anew" };
  };

  const listen = (client: Client, ended: Deferred<End>): void => {
    client.on(Events.ShardDisconnect, ({ code }) => ended.resolve(onClosed(code)));
    client.on(Events.ShardReconnecting, () => enter("away", "The line to Discord is broken."));
    client.on(Events.ShardError, (error) => parts.log(`discord: ${error.message}`));
    client.on(Events.Error, (error) => parts.log(`discord: ${String(error.stack ?? error)}`));
    client.on(Events.Warn, (line) => parts.log(`discord: ${line}`));
    const up = (isNew: boolean): void => {
      if (!client.isReady()) return;
      known.self = client.user.id;
      const awaySince = state.state === "online" ? parts.now() : state.since;
      enter("online", null);
      parts.up({ client, isNew, awaySince, at: parts.now() });
    };
    // Ready comes after the first session's start, which the first ShardReady is.
    client.once(Events.ClientReady, () => {
      up(true);
      client.on(Events.ShardReady, () => up(true));
    });
    client.on(Events.ShardResume, () => up(false));
  };

  /** Looks whether the library still does what it is for. @returns what ends it */
  const watch = (client: Client, ended: Deferred<End>): (() => void) => {
    const begun = Date.now();
    let upSince: Instant | null = null;
    let downSince: Instant | null = begun;
    const look = (): void => {
      const now = Date.now();
      const isUp = state.state === "online";
      upSince = isUp ? (upSince ?? now) : null;
      downSince = isUp ? null : (downSince ?? now);
      const beat = Math.max(client.ws.shards.first()?.lastPingTimestamp ?? 0, upSince ?? 0);
      const wasUp = known.self !== "" && client.isReady();
      if (downSince !== null && now - downSince > times.backWithin)
        ended.resolve({ kind: "lost", why: "Discord did not answer in time.", wasUp });
      else if (isUp && now - beat > times.quiet)
        ended.resolve({ kind: "lost", why: "The line to Discord is silent.", wasUp });
    };
    const timer = setInterval(look, Math.min(times.backWithin, times.quiet) / 8);
    const asking = setInterval(() => {
      if (wantsText || textRefused) return;
      askApplication().then(
        (application) => mayReadText(application) && ended.resolve({ kind: "anew" }),
        () => undefined, // asked again in a while
      );
    }, times.textAsked);
    return () => {
      clearInterval(timer);
      clearInterval(asking);
    };
  };

  /** Until the line is lost for good. */
  const live = async (): Promise<End> => {
    rest.setToken(parts.token); // it drops one that was refused
    const application = await askApplication();
    known.application = application.id;
    wantsText = mayReadText(application) && !textRefused;
    const client = new Client({
      intents: intents(wantsText),
      // Reactions on, and people of, messages that are older than this process.
      partials: [Partials.Message, Partials.Channel, Partials.Reaction, Partials.User],
      allowedMentions: { parse: [] },
      waitGuildTimeout,
      rest: { ...restOptions, ...where },
    });
    const ended = deferred<End>();
    const end = (): void => ended.resolve({ kind: "anew" });
    ending.signal.addEventListener("abort", end, { once: true });
    listen(client, ended);
    parts.attach(client);
    const unwatch = watch(client, ended);
    client.login(parts.token).catch((error: unknown) => ended.resolve(endOf(error)));
    try {
      return await ended.promise;
    } finally {
      unwatch();
      ending.signal.removeEventListener("abort", end);
      await letGo(client, parts.log);
    }
  };

  const keepUp = async (): Promise<void> => {
    let wait = times.firstRetry;
    while (!ending.signal.aborted) {
      const end = await live().catch(endOf);
      if (ending.signal.aborted || end.kind === "anew") continue;
      enter(end.kind === "fatal" ? "parked" : "away", end.why);
      parts.log(`discord: ${end.why}`);
      if (end.kind === "lost" && end.wasUp) wait = times.firstRetry;
      await pause(end.kind === "fatal" ? times.parked : wait, ending.signal);
      wait = Math.min(times.retryCap, wait * 2);
    }
  };
  const running = keepUp();

  return {
    rest,
    self: () => known.self,
    application: () => known.application,
    state: () => state,
    hasText: () => wantsText,
    async close() {
      ending.abort();
      await running;
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
}

function intents(wantsText: boolean): readonly GatewayIntentBits[] {
  const { Guilds, GuildMessages, GuildMessageReactions, DirectMessages, DirectMessageReactions } =
    GatewayIntentBits;
  const least = [
    ...[Guilds, GuildMessages, GuildMessageReactions],
    ...[DirectMessages, DirectMessageReactions],
  ];
  return wantsText ? [...least, GatewayIntentBits.MessageContent] : least;
}

/** By its codes, never by its words. */
function endOf(error: unknown): End {
  const isToken =
    (error instanceof DiscordAPIError && error.status === 401) ||
    (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid);
  if (isToken) return { kind: "fatal", why: newToken };
  const { code, status, name } = error as { code?: unknown; status?: unknown; name?: unknown };
  const cause = [code, status, name].find((word) => word !== undefined) ?? "no reason given";
  return { kind: "lost", why: `Discord can't be reached (${String(cause)}).`, wasUp: false };
}

/** A client whose line is dead already may take long to close it: nobody waits for that. */
async function letGo(client: Client, log: (line: string) => void): Promise<void> {
  client.removeAllListeners();
  client.on(Events.Error, () => undefined); // an emitter without one throws
  const gone = client.destroy().catch((error: unknown) => log(`discord: ${String(error)}`));
  const late = new AbortController();
  await Promise.race([gone, pause(goodbyeWithin, late.signal)]);
  late.abort();
}

export function pause(ms: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
