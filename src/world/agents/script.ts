// The driver of the script agent: how to start it and how to read its composer. The program itself is in
// script/ and knows nothing of this. It files its signals in our own words: nothing of it has to be heard.
import { existsSync } from "node:fs";
import type { AgentDriver } from "../../core/agent.ts";
import { Failure, known, unknown } from "../../core/words.ts";
import { withoutColours } from "./screen-text.ts";
import { readComposer } from "./script/composer.ts";

/** @param program the built program, `dist/script-agent.js` */
export function createScriptDriver(program: string): AgentDriver {
  return {
    agent: "script",
    tried: null,
    version: null,
    logins: [],
    launch() {
      if (!existsSync(program))
        throw new Failure("agent.missing", `the script agent's program ${program} is not there`, {
          hint: "Run npm run build.",
        });
      return { argv: [process.execPath, program], env: {}, files: {} };
    },
    composer(screen) {
      const draft = readComposer(screen.rows.map(withoutColours));
      return draft === null ? unknown("the screen shows no composer") : known(draft);
    },
    read: () => null,
    hear: () => [],
    asks: () => null,
    plans: () => null,
    answer: () => "",
    followsRecord: false,
    usage: () => null,
    interrupt: ["Escape"],
    clear: ["C-u"],
  };
}
