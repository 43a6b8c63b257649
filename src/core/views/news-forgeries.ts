// What people are told when somebody passed for what they are not: one card, with what became of it and what to look at.
import type { Card } from "../card.ts";
import type { EventOf } from "../event.ts";
import type { ForgeryKind } from "../input.ts";
import { alertCard } from "./cards.ts";

const titles: Readonly<Record<ForgeryKind, string>> = {
  decision: "tried to decide in a person's place",
  environment: "named another member as itself",
  orphan: "tried to decide in a person's place, from a process cut off from its agent",
  chat: "opened the people's chat",
  as: "opened the people's chat in somebody's name",
  socket: "called the bot and could not be found out",
  text: "wrote what looks like a person's decision",
  mail: "left a message in a person's name",
  signal: "signalled in another member's name",
  evidence: "wrote test results that the bot did not make",
  commit: "committed changes to the bot's own files",
  branch: "moved another member's branch",
};

export function forgeryCard({ member, kind, detail }: EventOf<"forgery_detected">): Card {
  const who = member ?? "Somebody";
  const what = titles[kind as ForgeryKind] ?? "passed for what it is not";
  const look =
    member === null
      ? "Who it was can't be known: every process of this OS user could. See `batty audit` and SECURITY.md."
      : `Look at it: \`batty peek ${member}\`, \`batty audit\`.`;
  return alertCard(`${who} ${what}`, [detail, look], "warn", member === null ? {} : { member });
}
