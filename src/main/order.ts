// How the bot was called, and what it says to who called it: how far its start is, and that it could not start.
export interface Order {
  readonly root: string;
  /** A `start` follows by itself: service managers and containers. */
  readonly startTeam: boolean;
  /** Another bot is on its way out: wait for its lock, ms. */
  readonly lockWait: number;
}

export function readOrder(argv: readonly string[]): Order {
  const value = (name: string): string | undefined => {
    const at = argv.indexOf(name);
    return at < 0 ? undefined : argv[at + 1];
  };
  return {
    root: value("--project-root") ?? process.cwd(),
    startTeam: argv.includes("--start-team"),
    lockWait: Number(value("--lock-wait") ?? 0),
  };
}

/** Between two words on a long reading, ms. */
const readingEach = 1_000;

/** A JSON object a second on stderr while a long journal is read: the starter waits for as long as they come. */
export function tellReading(): (done: number, total: number) => void {
  let told = Date.now();
  return (done, total) => {
    if (Date.now() - told < readingEach) return;
    told = Date.now();
    process.stderr.write(`${JSON.stringify({ reading: { done, total } })}\n`);
  };
}

/** One JSON object on stderr, which the starter reads, and the exit code. */
export function giveUp(error: unknown): never {
  const failure = error as { code?: unknown; message?: unknown; hint?: unknown };
  const known =
    error instanceof Error &&
    typeof failure.code === "string" &&
    /^[a-z]+\.[a-z-]+$/.test(failure.code);
  const told = {
    code: known ? failure.code : "bug",
    say: String(failure.message ?? error),
    hint: failure.hint,
  };
  process.stderr.write(`${JSON.stringify({ error: told })}\n`);
  if (!known) process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
  process.exit(known ? 3 : 70);
}
