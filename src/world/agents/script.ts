// The driver of the script agent: how to start it and how to read its composer. The program itself is in
// script/ and knows nothing of this.
import { existsSync } from "node:fs";
import type { AgentDriver } from "../../core/ports.ts";
import { Failure, known, unknown } from "../../core/words.ts";
import { readComposer } from "./script/composer.ts";

/** @param program the built program, `dist/script-agent.js` */
export function createScriptDriver(program: string): AgentDriver {
  return {
    agent: "script",
    launch() {
      if (!existsSync(program))
        throw new Failure("agent.missing", `the script agent's program ${program} is not there`, {
          hint: "Run npm run build.",
        });
      return { argv: [process.execPath, program], env: {} };
    },
    composer(screen) {
      const draft = readComposer(screen);
      return draft === null ? unknown("the screen shows no composer") : known(draft);
    },
    interrupt: ["Escape"],
    clear: ["C-u"],
  };
}
