// What becomes of posts that a chat does not take: they are told once, and sent again when a person asks for it.
import { isLetter } from "../chat-port.ts";
import type { Event } from "../event.ts";
import { events, nothing, type Rule, refuse } from "../rule.ts";

export const posts: Rule = (state, input) => {
  if (input.type !== "intent") return nothing;
  const { by, intent } = input;
  if (intent.type === "post-given-up" && by.via === "bot")
    return state.letters.has(intent.letter.letter)
      ? nothing
      : events({ event: "post_given_up", ...intent.letter });
  if (intent.type !== "send-again" || !isLetter(intent.message)) return nothing;
  const one = state.letters.get(intent.message);
  if (one === undefined)
    return refuse(
      "message.unknown",
      `No post ${intent.message} waits to be sent again.`,
      "`batty status` names those that do.",
    );
  // What else did not go to that room: in the order in which it should have stood there.
  const same = [...state.letters.values()].filter(
    (l) => l.chat === one.chat && l.room === one.room,
  );
  return events(
    ...same.map(
      ({ letter, chat, room }): Event => ({
        ...{ event: "post_sent_again", letter, chat },
        ...{ room, by: by.name },
      }),
    ),
  );
};
