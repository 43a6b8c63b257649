// Exit codes of failures (interface §1).
import { exitOf } from "../core/command.ts";
import type { Failure } from "../core/words.ts";

export function exitOfFailure(failure: Failure): number {
  switch (failure.code) {
    case "config.invalid":
      return 2;
    case "bot.down":
    case "bot.gone":
      return 69;
    case "lock.held":
      return 1;
    default:
      return Math.max(3, exitOf(failure.code));
  }
}
