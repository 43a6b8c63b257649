// A counter whose answers a test decides; it remembers what it was asked.
import type { Desk, DeskAnswer, Said, ShellReply } from "../../src/chat/desk.ts";
import type { Caller } from "../../src/core/words.ts";

export type Asked =
  | { readonly what: "say"; readonly by: Caller; readonly said: Said }
  | {
      readonly what: "press";
      readonly by: Caller;
      readonly action: string;
      readonly text: string | null;
    }
  | {
      readonly what: "react";
      readonly by: Caller;
      readonly key: string;
      readonly emoji: string;
      readonly added: boolean;
    };

export interface FakeDesk extends Desk {
  readonly asked: readonly Asked[];
  /** [everything is refused as `verb.unknown`] */
  answers: (asked: Asked) => DeskAnswer | Promise<DeskAnswer>;
  /** [`{ok: true, json: {verb, argv}}`] */
  runs: (verb: string, argv: readonly string[], signal: AbortSignal) => Promise<ShellReply>;
}

export const refused = (code: string, say: string): DeskAnswer => ({
  kind: "refused",
  refusal: { code, say },
});

export const told = (text: string): DeskAnswer => ({ kind: "message", text, card: null });

export const accepted: DeskAnswer = { kind: "receipt", message: "1.000001.1", state: "queued" };

export function fakeDesk(): FakeDesk {
  const asked: Asked[] = [];
  const take = async (question: Asked): Promise<DeskAnswer> => {
    asked.push(question);
    return desk.answers(question);
  };
  const desk: FakeDesk = {
    asked,
    answers: () => refused("verb.unknown", "There is no such command."),
    runs: async (verb, argv) => ({ ok: true, json: { verb, argv }, text: verb }),
    say: (by, said) => take({ what: "say", by, said }),
    press: (by, { action, text }) => take({ what: "press", by, action, text }),
    react: (by, { key, emoji, added }) => take({ what: "react", by, key, emoji, added }),
    complete: async (_by, text) => [{ word: text, about: "" }],
    run: (_by, verb, argv, signal) => desk.runs(verb, argv, signal),
    rooms: () => [
      ...(["commands", "events", "merges"] as const).map((name) => ({
        ...{ name, kind: "channel" as const, title: name },
      })),
      { name: "eng-1-1", kind: "member", title: "eng-1-1 (engineer)" },
      { name: "task:12", kind: "task", title: "#12 Add JWT auth" },
    ],
  };
  return desk;
}
