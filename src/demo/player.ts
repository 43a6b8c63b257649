// The person's part of the played day: a directive, an answer, two ✅, a command, a standup. Reacts to what is shown, by no clock.
import type { Line, Talk } from "./json-lines.ts";

export interface Part {
  /** ✅ is withheld: nothing may land then. */
  readonly withoutApproval: boolean;
  /** The mistake stays: the day ends when people are asked about it. */
  readonly withoutFix: boolean;
}

interface Card {
  readonly kind: string;
  readonly state: string;
  readonly title: string;
  readonly subject: { readonly task?: number; readonly head?: string };
  readonly actions: readonly {
    readonly id: string;
    readonly verb: string;
    readonly label: string;
  }[];
}

export const cardOf = (line: Line): Card | null =>
  (line["card"] as Card | null | undefined) ?? null;

const isOpenCard =
  (kind: string) =>
  (line: Line): boolean =>
    (line.event === "message" || line.event === "edit") &&
    cardOf(line)?.kind === kind &&
    cardOf(line)?.state === "open";

const isLanded =
  (task: number) =>
  (line: Line): boolean =>
    cardOf(line)?.kind === "merge" &&
    cardOf(line)?.subject.task === task &&
    cardOf(line)?.state === "done";

/** An escalation: a question about a task that no member asked. */
const isAboutRed = (line: Line): boolean =>
  isOpenCard("question")(line) &&
  cardOf(line)?.subject.task !== undefined &&
  cardOf(line)?.actions.some((a) => a.label === "retry") === true;

export async function play(chat: Talk, part: Part): Promise<void> {
  await chat.next("the chat", (line) => line.event === "ready");
  chat.send({
    say: "/batty send architect Build a small calculator: subtract, multiply and divide, each with a test.",
    room: "commands",
    ref: "directive",
  });
  const question = await chat.next("the question", isOpenCard("question"));
  const choice = cardOf(question)?.actions.find((a) => a.label === "keep exact");
  chat.send({ press: choice?.id, message: question["id"], ref: "answer" });

  const cards = await openMerges(chat, part.withoutApproval ? 3 : 2);
  if (part.withoutApproval) return;
  // Both at once: the second lands over a trunk that moved, so it is rebuilt and tested again.
  for (const card of cards)
    chat.send({ react: "✅", message: card["id"], ref: `approve ${cardOf(card)?.subject.task}` });
  for (const card of cards)
    await chat.next(
      `the landing of #${cardOf(card)?.subject.task}`,
      isLanded(cardOf(card)?.subject.task ?? 0),
    );

  if (part.withoutFix) {
    await chat.next("the escalation of the red task", isAboutRed);
    return;
  }
  const known = cards.map((c) => cardOf(c)?.subject.task);
  const third = await chat.next(
    "the third card",
    (line) => isOpenCard("merge")(line) && !known.includes(cardOf(line)?.subject.task),
  );
  const { task, head } = cardOf(third)?.subject ?? {};
  chat.send({ say: `/batty approve ${task} --head ${head}`, room: "commands", ref: "command" });
  await chat.next(`the landing of #${task}`, isLanded(task ?? 0));
  chat.send({ say: "/batty standup", room: "commands", ref: "standup" });
  await chat.next(
    "the standup",
    (line) =>
      line["ref"] === "standup" && line.event === "message" && cardOf(line)?.kind === "standup",
  );
}

async function openMerges(chat: Talk, count: number): Promise<Line[]> {
  const found: Line[] = [];
  while (found.length < count) {
    const tasks = found.map((line) => cardOf(line)?.subject.task);
    found.push(
      await chat.next(
        `merge card ${found.length + 1}`,
        (line) => isOpenCard("merge")(line) && !tasks.includes(cardOf(line)?.subject.task),
      ),
    );
  }
  return found;
}
