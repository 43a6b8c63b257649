// The driver of Codex. How it is started, what its events and its record say, and what its screen shows, each in a file
// of its own under codex/. Must not know who is told.
import type { AgentDriver } from "../../core/agent.ts";
import { answer } from "./answer.ts";
import { hear } from "./codex/hear.ts";
import { launchPlan } from "./codex/launch.ts";
import { asks, plans } from "./codex/permission.ts";
import { composer, read } from "./codex/screen.ts";
import { usage } from "./codex/usage.ts";

export const codexDriver: AgentDriver = {
  agent: "codex",
  tried: { oldest: "0.169.0", newest: "0.169.0" },
  version: ["codex", "--version"],
  logins: ["OPENAI_API_KEY", "CODEX_API_KEY"],
  launch: launchPlan,
  composer,
  read,
  hear,
  asks,
  plans,
  answer,
  // No hook tells of a turn that its provider ended.
  followsRecord: true,
  usage,
  interrupt: ["Escape"],
  // One C-c would do, and would end the program if the composer were empty by then. Two a line: its text, its break.
  clear: Array.from({ length: 60 }, () => "C-u"),
};
