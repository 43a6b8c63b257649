// Hints that a file changed, also one that editors replace by another. A hint may come for nothing, and a slow
// second look makes up for those that never came.
import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";

/** An editor writes in several steps; the last one counts. ms */
const settled = 200;
/** The kernel may have no watch left for us: then this look is all there is. ms */
const secondLook = 5_000;

/** @param names which files of the folder it is about */
export function watchFile(path: string, names: RegExp, onChange: () => void): { close(): void } {
  let watcher: FSWatcher | null = null;
  let due: NodeJS.Timeout | null = null;
  const hint = (): void => {
    if (due !== null) clearTimeout(due);
    due = setTimeout(onChange, settled);
    due.unref();
  };
  const drop = (): void => {
    watcher?.close();
    watcher = null;
  };
  const arm = (): void => {
    try {
      watcher = watch(dirname(path), { persistent: false }, (_, name) => {
        if (name === null || names.test(name)) hint();
      });
      watcher.on("error", drop);
    } catch {
      watcher = null; // the folder is missing for now; the second look comes anyway
    }
  };
  const net = setInterval(() => {
    if (watcher === null) arm();
    onChange();
  }, secondLook);
  net.unref();
  arm();
  return {
    close() {
      clearInterval(net);
      if (due !== null) clearTimeout(due);
      drop();
    },
  };
}
