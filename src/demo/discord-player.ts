// The person's part of the played day on Discord: the same day, by slash commands, a button, reactions. Reacts to what
// is shown, by no clock.
import type { Line, Talk } from "./json-lines.ts";

export interface Person {
  readonly name: string;
  /** Where commands are given. */
  readonly room: string;
}

const textOf = (line: Line): string => String(line["text"] ?? "");
const buttonsOf = (line: Line): readonly string[] =>
  (line["buttons"] as string[] | undefined) ?? [];
const isShown = (line: Line): boolean => line.event === "message" || line.event === "edit";
const numberOf = (line: Line): string => /#(\d+)/.exec(textOf(line))?.[1] ?? "";

/** Labels may begin with a sign. */
const has =
  (label: string) =>
  (line: Line): boolean =>
    isShown(line) && buttonsOf(line).some((each) => each.endsWith(label));

/** A merge card whose landing is on it. */
const isLanded =
  (message: unknown) =>
  (line: Line): boolean =>
    line.event === "edit" && line["id"] === message && /\blanded\b/i.test(textOf(line));

export async function playOnDiscord(talk: Talk, { name: by, room }: Person): Promise<void> {
  let ref = 0;
  /** @throws Error when Discord would not let a person do it */
  const act = async (request: Readonly<Record<string, unknown>>): Promise<void> => {
    ref += 1;
    const mine = ref;
    talk.send({ ref: mine, by, ...request });
    const answer = await talk.next("Discord's answer", (line) => line["ref"] === mine);
    if (answer["error"] !== undefined) throw new Error(String(answer["error"]));
  };
  const slash = (verb: string, options: Readonly<Record<string, unknown>> = {}): Promise<void> =>
    act({ slash: `batty ${verb}`, options, room });

  await talk.next("the architect's thread", (line) => /is up/.test(textOf(line)));
  await slash("send", {
    name: "architect",
    text: "Build a small calculator: subtract, multiply and divide, each with a test.",
  });
  const question = await talk.next("the question", has("keep exact"));
  await act({ press: "keep exact", message: question["id"] });

  const cards: Line[] = [];
  const isNew = (line: Line): boolean =>
    has("Approve")(line) && !cards.some((card) => card["id"] === line["id"]);
  while (cards.length < 2) cards.push(await talk.next(`merge card ${cards.length + 1}`, isNew));
  // Both at once: the second lands over a trunk that moved, so it is rebuilt and tested again.
  await Promise.all(cards.map((card) => act({ react: "✅", message: card["id"] })));
  for (const card of cards)
    await talk.next(`the landing of #${numberOf(card)}`, isLanded(card["id"]));

  const third = await talk.next("the third card", isNew);
  const head = /[0-9a-f]{8,40}/.exec(textOf(third))?.[0] ?? "";
  await slash("approve", { task: Number(numberOf(third)), head });
  await talk.next(`the landing of #${numberOf(third)}`, isLanded(third["id"]));
  await slash("standup");
  await talk.next("the standup", (line) => isShown(line) && /Standup of /.test(textOf(line)));
}
