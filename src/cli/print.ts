// What a verb prints, and the exit code that goes with it.
import type { ShellReply } from "../chat/desk.ts";
import { Failure, type Refusal } from "../core/words.ts";
import type { Call } from "./call.ts";
import { exitOfFailure } from "./exit.ts";

export function print(call: Call, reply: ShellReply): number {
  if (reply.ok) {
    if (call.json) out(`${JSON.stringify(reply.json)}\n`);
    else if (reply.text !== "") out(`${reply.text}\n`);
    const note = (reply.json as { note?: unknown } | null)?.note;
    if (typeof note === "string") process.stderr.write(`${note}\n`);
    return reply.exit ?? 0;
  }
  return fail(call, reply.refusal, reply.exit);
}

export function fail(call: Call, { code, say, hint }: Refusal, exit: number): number {
  if (call.json)
    out(`${JSON.stringify({ error: { code, say, ...(hint === undefined ? {} : { hint }) } })}\n`);
  else process.stderr.write(`${say}${hint === undefined ? "" : `\n${hint}`}\n`);
  return exit;
}

const out = (text: string): void => void process.stdout.write(text);

/** An error that ended a verb: a failure, a refusal, or a bug of ours. */
export function tell(call: Call, error: unknown): number {
  if (error instanceof Failure) {
    return fail(
      call,
      {
        code: error.code,
        say: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      },
      exitOfFailure(error),
    );
  }
  const refusal = (error as { refusal?: Refusal; exit?: number }).refusal;
  if (refusal !== undefined) return fail(call, refusal, (error as { exit?: number }).exit ?? 1);
  const trace =
    process.env["BATTY_LOG_LEVEL"] === "debug" ? `\n${String((error as Error).stack)}` : "";
  return fail(
    call,
    {
      code: "bug",
      say: `This is our bug: ${String((error as Error).message ?? error)}${trace}`,
      hint: "BATTY_LOG_LEVEL=debug shows where.",
    },
    70,
  );
}
