// Verbs without a bot: the journal, the board and the Maildirs are files, so much works on them alone.
import { homedir } from "node:os";
import { commands } from "../../commands/index.ts";
import { authorize } from "../chat/authorize.ts";
import type { ShellReply } from "../chat/desk.ts";
import { lookUpWords } from "../chat/lookup.ts";
import { fromWords } from "../core/arguments.ts";
import { type Counter, Refused } from "../core/command.ts";
import { decide } from "../core/decide.ts";
import type { Recorded } from "../core/event.ts";
import type { Intent } from "../core/input.ts";
import { policyOf } from "../core/policy-of.ts";
import type { Mail, Mailbox, World } from "../core/ports.ts";
import type { State } from "../core/state.ts";
import type { Team } from "../core/team.ts";
import { type Caller, Failure, known } from "../core/words.ts";
import { readAudit } from "../daemon/audit-file.ts";
import { stateOnFiles } from "../main/checkpoint.ts";
import { openBoard } from "../world/board/board.ts";
import { directProcesses } from "../world/direct-processes.ts";
import { wishLater } from "../world/later.ts";
import { nextId, openMailbox } from "../world/maildir.ts";
import { type Paths, pathsOf, tmuxSocketName } from "../world/paths.ts";
import { mailKey, sign } from "../world/signature.ts";
import { callerOnFiles } from "./caller.ts";
import { exitOfFailure } from "./exit.ts";
import { teamInForce } from "./team-in-force.ts";

const deadline = (): AbortSignal => AbortSignal.timeout(20_000);

/** @returns a refusal `bot.down`, exit 69, for a verb that needs the bot */
export async function onFiles(
  root: string,
  verb: string,
  argv: readonly string[],
): Promise<ShellReply> {
  try {
    const { found, rest } = lookUpWords(commands, [verb, ...argv]);
    const args = fromWords(found, rest) as never;
    const paths = pathsOf(root);
    const team = await teamInForce(paths);
    const state = await stateOnFiles(paths);
    const by = callerOnFiles(paths, team, state);
    const refusal = authorize(by, found);
    if (refusal !== null) throw new Refused(refusal.code, refusal.say, refusal.hint);
    if (found.needs === "bot")
      throw new Refused(
        "bot.down",
        `\`${found.name}\` needs the bot, and it is not running.`,
        "Start it with `batty start`.",
      );
    const reply = await found.run(args, await openCounter(paths, team, by, state));
    return {
      ok: true,
      json: reply.json,
      text: reply.text,
      ...(reply.exit === undefined ? {} : { exit: reply.exit }),
    };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, exit: error.exit, refusal: error.refusal };
    if (error instanceof Failure)
      return {
        ok: false,
        exit: exitOfFailure(error),
        refusal: {
          code: error.code,
          say: error.message,
          ...(error.hint === undefined ? {} : { hint: error.hint }),
        },
      };
    throw error;
  }
}

async function openCounter(paths: Paths, team: Team, by: Caller, found: State): Promise<Counter> {
  const members = team.members.map((m) => m.name);
  const policy = policyOf(team);
  const mailbox = openMailbox({ dir: paths.inboxes, members });
  const board = openBoard({ dir: paths.board, processes: directProcesses() });
  let state = found;
  const look = async (): Promise<World> => ({
    panes: null,
    signals: null,
    trunk: null,
    mail: null,
    board: { at: Date.now(), probe: known(await board.read(deadline())) },
  });
  let world = await look();
  const key = await mailKey(process.env["HOME"] ?? homedir(), team.name);
  const down = (what: string): never => {
    throw new Refused(
      "bot.down",
      `${what} needs the bot, and it is not running.`,
      "Start it with `batty start`.",
    );
  };

  const act = async (intent: Intent): Promise<readonly Recorded[]> => {
    const now = Date.now();
    // The same rules judge; only what they would record is written to files instead.
    const decided = decide(state, { type: "intent", at: now, by, intent }, { policy, world, now });
    if (decided.refusal !== undefined)
      throw new Refused(decided.refusal.code, decided.refusal.say, decided.refusal.hint);
    switch (intent.type) {
      case "send":
        if (intent.to === "human") {
          await wishLater(paths.later, { member: by.name, intent: { ...intent } }, now);
          return decided.recorded;
        }
        return sendOnFiles(decided.recorded, mailbox, by, key);
      case "new-task": {
        const { type: _type, ...task } = intent;
        const made = await board
          .create({ ...wish(task), status: "todo" }, now, deadline())
          .catch(refusedByBoard);
        state = {
          ...state,
          requests: new Map([
            [
              intent.key,
              { key: intent.key, event: undefined as never, at: now, task: made, refused: null },
            ],
          ]),
        };
        break;
      }
      case "patch-task":
        await board.patch(intent.task, intent.patch, now, deadline()).catch(refusedByBoard);
        break;
      case "ask":
        await wishLater(paths.later, { member: by.name, intent: { ...intent } }, now);
        return [];
      default:
        return down("That");
    }
    world = await look();
    return [];
  };

  return {
    ...{ by, surface: "shell", echo: null, policy, bot: null, life: null },
    tmux: { socket: tmuxSocketName(team.name, paths.root), session: `batty-${team.name}` },
    signal: deadline(),
    chats: () => [],
    looks: {
      capture: () => down("Looking at a screen"),
      inspect: () => down("Looking at a worktree"),
      diff: () => down("A diff"),
      logs: () => down("Output"),
      mail: async (member) => {
        const box = (await mailbox.list(deadline())).get(member);
        const waiting = new Set(box?.queued.map((m) => m.id));
        const before = [...state.messages.values()].filter(
          (d) => d.mail.to === member && !waiting.has(d.mail.id),
        );
        return [
          ...before.map((d) => ({ ...d.mail, state: d.state === "typing" ? "queued" : d.state })),
          ...(box?.queued ?? []).map((m) => ({ ...m, state: "queued" })),
        ];
      },
      audit: async (last) => (await readAudit(paths.journal)).slice(-last),
      read: (member, id) => mailbox.read(member, id, deadline()),
    },
    state: () => state,
    world: () => world,
    now: Date.now,
    key: () => `${process.pid}.${Date.now()}`,
    intend: act,
    until: async (find) => find(state),
  };
}

function wish(task: Omit<Extract<Intent, { type: "new-task" }>, "type">) {
  const { key, title, body, priority, tags, dependsOn, assignee } = task;
  return {
    key,
    title,
    body,
    tags,
    dependsOn,
    ...(priority === null ? {} : { priority }),
    ...(assignee === null ? {} : { assignee }),
  };
}

function refusedByBoard(error: unknown): never {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === "BoardRefused")
    throw new Refused(code ?? "task.refused", message ?? "", undefined, 2);
  throw error;
}

/** A message that waits in its Maildir: a person's is signed, a member's is taken as unverified. */
async function sendOnFiles(
  recorded: readonly Recorded[],
  mailbox: Mailbox,
  by: Caller,
  key: Buffer,
): Promise<readonly Recorded[]> {
  for (const { event } of recorded) {
    if (event.event !== "message_sent") continue;
    const { via: _via, ...rest } = event.mail as Mail;
    const mail: Mail = { ...rest, id: nextId(Date.now()) };
    await mailbox.put(
      by.tier === "team" ? mail : { ...mail, signature: sign(key, mail) },
      deadline(),
    );
    return [{ ...(recorded[0] as Recorded), event: { ...event, id: mail.id } }];
  }
  return recorded;
}
