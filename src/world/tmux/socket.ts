// Whether a tmux server listens, asked of its socket: a definite yes or no where an error text could not be trusted.
import { existsSync, realpathSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

/** Where `tmux -L name` puts its socket. */
export function socketPath(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const wanted = env["TMUX_TMPDIR"];
  const base = wanted !== undefined && wanted !== "" && existsSync(wanted) ? wanted : "/tmp";
  return join(realpathSync(base), `tmux-${process.getuid?.() ?? 0}`, name);
}

/** True: somebody listens (even when hung). False: certainly nobody. */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(false);
      // A full backlog: it exists, and does not take callers.
      else if (error.code === "EAGAIN") resolve(true);
      else reject(error);
    });
  });
}
