// `batty chat` for people: keys in, screen out, the bot's lines between. Keeps nothing on disk and knows no command.
import type { ReadStream, WriteStream } from "node:tty";
import type { Link } from "../client.ts";
import { act } from "./act.ts";
import { createDrawer, type Drawer } from "./draw.ts";
import { createDecoder, type Key } from "./keys.ts";
import { extentOf, type Size, screen } from "./screen.ts";
import { blankView, hear, type View } from "./view.ts";

export interface TerminalIo {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Several changes within this time are drawn as one, ms. */
const drawWithin = 15;
/** An escape followed by nothing for so long was the key, ms. */
const escapeAfter = 50;

/** @returns the exit code: 0 when the person ends it, 69 when the bot went away, 1 when it refused us */
export function runTerminal(link: Link, { input, output, env }: TerminalIo): Promise<number> {
  const drawer = createDrawer(output, (env["NO_COLOR"] ?? "") === "");
  let view: View = blankView;
  let drawing: NodeJS.Timeout | null = null;
  let isWaiting = false;

  const size = (): Size => ({
    columns: Math.max(20, output.columns ?? 80),
    rows: Math.max(6, output.rows ?? 24),
  });
  const draw = (): void => {
    drawing = null;
    isWaiting = output.writableNeedDrain;
    if (!isWaiting) drawer.draw(screen(view, size()), size());
    // A slow line catches up first; then the newest state is drawn, none of those between.
    else output.once("drain", draw);
  };
  const redraw = (): void => {
    if (!isWaiting) drawing ??= setTimeout(draw, drawWithin);
  };
  const change = (next: View, requests: readonly object[]): void => {
    view = next;
    for (const request of requests) link.send(request);
    redraw();
  };

  return new Promise((resolve) => {
    const onKeys = (keys: readonly Key[]): void => {
      for (const key of keys) {
        const acted = act(view, key, extentOf(view, size()));
        if (acted.redraw) drawer.forget();
        change(acted.view, acted.requests);
        if (acted.quit) {
          end(0);
          break;
        }
      }
    };
    const letGo = grasp({ input, output, drawer, onKeys, onResize: redraw, onEnd: () => end(0) });
    let ended = false;
    const end = (code: number): void => {
      if (ended) return;
      ended = true;
      if (drawing !== null) clearTimeout(drawing);
      letGo();
      link.close();
      if (code !== 0)
        process.stderr.write(
          `${view.farewell?.say ?? "The bot went away. Start it with `batty start`."}\n`,
        );
      resolve(code);
    };
    link.onLine((line) => {
      const heard = hear(view, line);
      change(heard.view, heard.requests);
    });
    void link.closed.then(() => end(view.me === null && view.farewell !== null ? 1 : 69));
    redraw();
  });
}

interface Grip {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly drawer: Drawer;
  onKeys(keys: readonly Key[]): void;
  onResize(): void;
  onEnd(): void;
}

/** Takes the terminal; what is returned gives it back as it was, whatever ends us. */
function grasp({ input, output, drawer, onKeys, onResize, onEnd }: Grip): () => void {
  const decoder = createDecoder();
  let lone: NodeJS.Timeout | undefined;
  const onData = (text: string): void => {
    clearTimeout(lone);
    onKeys(decoder.feed(text));
    if (decoder.pending) lone = setTimeout(() => onKeys(decoder.flush()), escapeAfter);
  };
  const restore = (): void => drawer.restore();
  const signals = ["SIGTERM", "SIGHUP", "SIGINT"] as const;
  input.setRawMode(true);
  input.setEncoding("utf8");
  input.on("data", onData);
  input.once("end", onEnd);
  output.on("resize", onResize);
  output.on("error", onEnd); // the line is gone: nothing to restore
  process.once("exit", restore);
  for (const signal of signals) process.once(signal, onEnd);
  drawer.open();
  return () => {
    clearTimeout(lone);
    restore();
    input.off("data", onData);
    input.setRawMode(false);
    input.pause();
    output.off("resize", onResize);
    process.off("exit", restore);
    for (const signal of signals) process.off(signal, onEnd);
  };
}
