// Hints that something changed in a folder. Only hints: events get lost, doubled and merged, so whoever is
// called reads the folder itself, and a slow rescan elsewhere makes up for what never came.
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** ms until a folder is tried again that could not be watched (the kernel's limit of watches). */
const retryAfter = 5_000;

/**
 * Calls `onChange` soon after anything changed in one of `dirs`, once for a burst. A folder that is missing
 * or gets deleted is watched again as soon as it is there.
 */
export function watchFolders(dirs: readonly string[], onChange: () => void): { close(): void } {
  let due: NodeJS.Immediate | null = null;
  let closed = false;
  const hint = (): void => {
    if (closed || due) return;
    due = setImmediate(() => {
      due = null;
      onChange();
    });
  };
  const arms = dirs.map((dir) => armFolder(dir, hint));
  return {
    close() {
      closed = true;
      if (due) clearImmediate(due);
      for (const arm of arms) arm.close();
    },
  };
}

function armFolder(dir: string, hint: () => void): { close(): void } {
  let watcher: FSWatcher | null = null;
  let retry: NodeJS.Timeout | null = null;
  let closed = false;

  function disarm(): void {
    watcher?.close();
    watcher = null;
    if (retry) clearTimeout(retry);
    retry = null;
  }

  /** Watches `dir`, or its nearest ancestor until `dir` is there. */
  function arm(): void {
    disarm();
    if (closed) return;
    let at = dir;
    let tried = watchOne(at);
    while (tried === "missing" && at !== dirname(at)) {
      at = dirname(at);
      tried = watchOne(at);
    }
    if (tried !== "watching") later();
    // Made between the failed try and this watch: nobody would tell us any more.
    else if (at !== dir && isBelowThere(at)) arm();
  }

  function later(): void {
    disarm();
    retry = setTimeout(arm, retryAfter);
    retry.unref();
  }

  function watchOne(at: string): "watching" | "missing" | "refused" {
    try {
      const own = watch(at, { persistent: false });
      watcher = own;
      own.on("change", (_, name) => {
        if (watcher !== own) return;
        hint();
        // Its own name: the folder itself was deleted or moved away. On an ancestor anything may be ours.
        if (at !== dir || name === null || name === basename(at)) arm();
      });
      own.on("error", () => {
        if (watcher === own) later();
      });
      return "watching";
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      return code === "ENOENT" || code === "ENOTDIR" ? "missing" : "refused";
    }
  }

  /** Whether a folder nearer to `dir` than `at` can be watched by now. */
  function isBelowThere(at: string): boolean {
    let next = dir;
    while (dirname(next) !== at) next = dirname(next);
    try {
      watch(next, { persistent: false }).close();
      return true;
    } catch {
      // Still missing, as a moment ago.
      return false;
    }
  }

  arm();
  return {
    close() {
      closed = true;
      disarm();
    },
  };
}
