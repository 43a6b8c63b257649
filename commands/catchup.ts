// `catchup`: what waits for you now, the most urgent first.
import * as z from "zod";
import type { Command } from "../src/core/command.ts";
import { digestCard } from "../src/core/views/digest.ts";

const args = z.object({});

export const catchup = {
  name: "catchup",
  summary: "Show what waits for you, the most urgent first",
  tier: "viewer",
  needs: "files",
  args,
  run(_, c) {
    const card = digestCard(c.state(), c.now(), "Now");
    if (card === null) return { text: "Nothing waits for you.", json: { waits: [] } };
    return { text: [card.title, ...card.lines].join("\n"), json: { waits: card.lines }, card };
  },
} satisfies Command<typeof args>;
