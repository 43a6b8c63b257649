// The built-in chat: history, clients and shell calls on one socket. Hands every request to the desk, shows what it is told.
import type { Post } from "../../core/card.ts";
import type { Mark } from "../../core/chat-port.ts";
import type { Caller, Instant, Refusal } from "../../core/words.ts";
import { refusalOf } from "../answers.ts";
import { expired } from "../confirmations.ts";
import type { Desk } from "../desk.ts";
import type { Inbox } from "../inbox.ts";
import { receiptEmoji } from "./emoji.ts";
import { messageLine, reactionLine } from "./lines.ts";
import { createRequests } from "./requests.ts";
import { saidKey } from "./say.ts";
import { type Claim, type Connection, openSocket } from "./socket.ts";
import { type Message, openStore } from "./store.ts";

export interface LocalChatParts {
  readonly dir: string;
  readonly socketPath: string;
  readonly fallbackSocketDir: string;
  readonly callersDir: string;
  readonly desk: Desk;
  readonly identify: (claim: Claim) => Promise<Caller | Refusal>;
  readonly onUnproven: (claim: Claim) => void;
  readonly now: () => Instant;
  readonly log: (line: string) => void;
  /** Resolves when everything that was decided so far is posted. */
  readonly shown: () => Promise<void>;
  readonly inbox: Inbox;
  /** Copies what is sent along with a message. @throws Refused, and nothing is kept */
  keep(message: string, paths: readonly string[]): Promise<readonly string[]>;
}

export interface LocalChat {
  /** Durable before it resolves; the same key again is the same message. */
  post(post: Post): Promise<void>;
  mark(mark: Mark): Promise<void>;
  /** The key of the post that is shown under this id, and the other way round. */
  keyOf(message: string): string | null;
  idOf(key: string): string | null;
  /** The id of what a person said, by its id in the inbox. */
  echoOf(id: string): string | null;
  close(): Promise<void>;
}

export async function openLocalChat(parts: LocalChatParts): Promise<LocalChat> {
  const store = await openStore(parts.dir);
  // Nobody can answer what a former life of the bot asked.
  for (const message of store.openCards("confirm"))
    if (message.card !== null)
      await store.post({ ...message, card: expired(message.card) }, parts.now());
  const chats = new Set<Connection>();
  /** To everybody; `own` has more for the one who asked. */
  const tell = (line: object, own: Connection | null = null, ownLine: object = line): void => {
    for (const chat of chats) chat.send(chat === own ? ownLine : line);
  };

  const post = async (
    wish: Post,
    own: Connection | null = null,
    more: object = {},
  ): Promise<Message> => {
    const { what, message } = await store.post(wish, parts.now());
    if (what !== "same" || own !== null) {
      const event = what === "new" ? "message" : "edit";
      tell(messageLine(event, message), own, messageLine(event, message, more));
    }
    return message;
  };

  /** Directives whose first receipt is the direct answer: whoever shows it first adds the asker's ref. */
  const awaited = new Map<string, { readonly own: Connection; readonly more: object }>();

  const mark = async ({ echo, state, ...more }: Mark): Promise<void> => {
    const said = store.byId(echo);
    const card = more.card ?? null;
    // The answer to the one who asked says `queued` too, and knows of no card.
    const isChange = card !== null || state !== "queued";
    if (said !== null && said.card !== card && isChange) await post({ ...said, card });
    const before = store.receipt(echo);
    if (before === state) return;
    const asker = awaited.get(echo);
    awaited.delete(echo);
    if (before !== null) {
      const gone = { message: echo, emoji: receiptEmoji[before], state: before, by: "batty" };
      const taken = await store.react({ ...gone, added: false }, parts.now());
      if (taken !== null) tell(reactionLine(taken));
    }
    const wish = { message: echo, emoji: receiptEmoji[state], state, by: "batty" };
    const added = await store.react({ ...wish, added: true }, parts.now());
    if (added !== null)
      tell(reactionLine(added), asker?.own ?? null, reactionLine(added, asker?.more ?? {}));
  };

  const expectReceipt = (echo: string, own: Connection, more: object): void =>
    void awaited.set(echo, { own, more });

  const requests = createRequests({
    store,
    desk: parts.desk,
    now: parts.now,
    shown: parts.shown,
    keep: parts.keep,
    inbox: parts.inbox,
    tell,
    post,
    mark,
    expectReceipt,
    forgetReceipt: (echo) => void awaited.delete(echo),
    log: parts.log,
  });

  const onShell = (connection: Connection): void => {
    connection.send({ ready: true });
    connection.onLine((line) => {
      const verb = line?.["verb"];
      const argv = line?.["argv"];
      if (typeof verb !== "string" || !Array.isArray(argv)) {
        connection.send({
          reply: { ok: false, exit: 2, refusal: { code: "usage", say: "That is no call." } },
        });
        return connection.end();
      }
      parts.desk.run(connection.by, verb, argv.map(String), connection.closed).then(
        (reply) => {
          connection.send({ reply });
          connection.end();
        },
        (error: unknown) => {
          parts.log(`bug in ${verb}: ${String((error as Error).stack ?? error)}`);
          connection.send({
            reply: {
              ok: false,
              exit: 70,
              refusal: {
                code: "bug",
                say: `This is our bug: ${String((error as Error).message ?? error)}`,
                hint: "The log has more: .batty/daemon.log",
              },
            },
          });
          connection.end();
        },
      );
    });
  };

  const onChat = (connection: Connection): void => {
    const { by } = connection;
    connection.send({ event: "ready", as: by.name, tier: by.tier });
    chats.add(connection);
    connection.closed.addEventListener("abort", () => chats.delete(connection));
    // One after the other: what a person says in order is answered in order.
    let queue = Promise.resolve();
    connection.onLine((line) => {
      queue = queue.then(() =>
        requests.handle(connection, line).catch((error: unknown) => {
          parts.log(`chat: ${String((error as Error).stack ?? error)}`);
          const ref = typeof line?.["ref"] === "string" ? { ref: line["ref"] } : {};
          const bug = { code: "bug", say: "This is our bug; nothing was changed." };
          connection.send({ event: "error", ...(refusalOf(error) ?? bug), ...ref });
        }),
      );
    });
  };

  const socket = await openSocket({
    path: parts.socketPath,
    fallbackDir: parts.fallbackSocketDir,
    callersDir: parts.callersDir,
    identify: parts.identify,
    onUnproven: parts.onUnproven,
    onConnection: (connection) =>
      connection.client === "chat" ? onChat(connection) : onShell(connection),
    log: parts.log,
  });

  return {
    post: async (wish) => void (await post(wish)),
    mark,
    keyOf: (message) => store.byId(message)?.key ?? null,
    idOf: store.idOf,
    echoOf: (id) => store.idOf(saidKey(id)),
    async close() {
      for (const chat of chats)
        chat.send({
          event: "error",
          code: "bot.gone",
          say: "The bot is stopping.",
          hint: "Start it with `batty start`.",
        });
      await socket.close();
      await store.close();
    },
  };
}
