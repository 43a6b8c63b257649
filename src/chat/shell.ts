// A verb in words of a shell, and its one reply.
import { fromWords } from "../core/arguments.ts";
import { Refused, type Reply } from "../core/command.ts";
import { refusalOf } from "./answers.ts";
import type { Desk, ShellReply } from "./desk.ts";
import { lookUpWords, withCards } from "./lookup.ts";
import type { RouterParts } from "./router-parts.ts";
import type { Runner } from "./run-command.ts";
import type { Visits } from "./visits.ts";

export function createShell(
  { commands, keyOf }: Pick<RouterParts, "commands" | "keyOf">,
  visits: Visits,
  { counterFor }: Runner,
): Desk["run"] {
  return async (by, verb, argv, signal) => {
    const visit = visits.begin(by, { verb, args: argv.join(" "), message: null });
    const run = (): Promise<Reply> | Reply => {
      const { found, rest } = lookUpWords(commands, [verb, ...argv]);
      visits.allow(visit, found, rest.join(" "));
      const args = withCards(fromWords(found, rest), keyOf) as never;
      return found.run(args, counterFor(visit, "shell", signal));
    };
    try {
      return replyOf(await visits.attend(visit, run));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      return { ok: false, exit: error instanceof Refused ? error.exit : 3, refusal };
    }
  };
}

const replyOf = ({ json, text, exit }: Reply): ShellReply => ({
  ...{ ok: true, json, text },
  ...(exit === undefined ? {} : { exit }),
});
