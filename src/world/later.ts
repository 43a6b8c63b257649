// What a member asked for while no bot ran: one JSON file a wish, taken up at the next start.
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Wish {
  readonly member: string;
  /** An intent's JSON; the rules judge it when it is taken up. */
  readonly intent: Readonly<Record<string, unknown>> & { readonly type: string };
}

export async function wishLater(dir: string, wish: Wish, now: number): Promise<void> {
  for (const box of ["tmp", "new", "cur"])
    await mkdir(join(dir, box), { recursive: true, mode: 0o700 });
  const name = `${now}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(join(dir, "tmp", name), JSON.stringify(wish), { mode: 0o600, flush: true });
  await rename(join(dir, "tmp", name), join(dir, "new", name));
}

/** In order; each is moved away before it is acted on, so that none acts twice. */
export async function takeWishes(dir: string, act: (wish: Wish) => Promise<void>): Promise<void> {
  const names = await readdir(join(dir, "new")).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const name of names.sort()) {
    const text = await readFile(join(dir, "new", name), "utf8");
    await rename(join(dir, "new", name), join(dir, "cur", name));
    try {
      await act(JSON.parse(text) as Wish);
    } catch {
      // a file that is no wish stays in cur/ for a person to see
    }
  }
}
