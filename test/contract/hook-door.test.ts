import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type DoorParts,
  doorPath,
  type HookDoor,
  openHookDoor,
} from "../../src/world/agents/door.ts";
import { hookCommand, makeHome } from "../../src/world/home.ts";
import { pathsOf } from "../../src/world/paths.ts";
import { parseSignal } from "../../src/world/signals.ts";
import { ears, seatKey } from "../fakes/signals.ts";

const run = promisify(execFile);
let folder = "";
let asker = "";
let door: HookDoor;
let events: unknown[] = [];
let decide: DoorParts["onRequest"] = async () => "";

const open = (port: number): Promise<HookDoor> =>
  openHookDoor({
    ...{ port, keyOf: seatKey, members: () => ["eng-1", "eng-2"], log: () => undefined },
    onEvent: (member, epoch, event) => void events.push({ member, epoch, event }),
    forbids: async () => null,
    onRequest: (...asked) => decide(...asked),
  });

const post = (path: string, body: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${door.port}${path}`, { method: "POST", body });

const path = (what: "event" | "permission", secret = seatKey("eng-1", 2)): string =>
  doorPath("eng-1", 2, secret, what);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "batty-door-"));
  asker = join(folder, "hook.mjs");
  await build({
    ...{ entryPoints: ["src/world/agents/hook.ts"], outfile: asker, bundle: true },
    ...{ platform: "node", format: "esm", target: "node20", logLevel: "silent" },
  });
  return () => rm(folder, { recursive: true });
});

beforeEach(async () => {
  events = [];
  decide = async () => "";
  door = await open(0);
});

afterEach(() => door.close());

describe("the door of the hooks", () => {
  it("hands on what an agent with its launch's token tells", async () => {
    const answer = await post(path("event"), JSON.stringify({ hook_event_name: "Stop" }));
    expect(answer.status).toBe(200);
    expect(events).toEqual([{ member: "eng-1", epoch: 2, event: { hook_event_name: "Stop" } }]);
  });

  it.each([
    ["another launch's token", path("event", seatKey("eng-1", 1))],
    ["another member's token", path("event", seatKey("eng-2", 2))],
    ["the token of another use", path("permission").replace("/permission/", "/event/")],
    ["the secret itself", `/eng-1/2/event/${encodeURIComponent(seatKey("eng-1", 2))}`],
    ["a stranger's name", doorPath("nobody", 2, seatKey("nobody", 2), "event")],
    ["no token", "/eng-1/2/event"],
  ])("hears nothing with %s", async (_, wrong) => {
    expect((await post(wrong, "{}")).status).toBe(404);
    expect(events).toEqual([]);
  });

  it("takes no text that is no JSON, and goes on", async () => {
    expect((await post(path("event"), "{")).status).toBe(400);
    expect((await post(path("event"), "{}")).status).toBe(200);
  });

  it("opens on the port of before, and on another when somebody has it", async () => {
    await door.close();
    const again = await open(door.port);
    expect(again.port).toBe(door.port);
    const other = await open(again.port);
    expect(other.port).not.toBe(again.port);
    await Promise.all([again.close(), other.close()]);
  });
});

describe("the program that asks there", () => {
  const env = (port: number): NodeJS.ProcessEnv => ({
    ...{ PATH: process.env["PATH"], BATTY_DOOR: `http://127.0.0.1:${port}` },
    ...{ BATTY_MEMBER: "eng-1", BATTY_EPOCH: "2", BATTY_SIGNAL_KEY: seatKey("eng-1", 2) },
  });
  const ask = async (port: number): Promise<string> => {
    const child = run(process.execPath, [asker], { env: env(port) });
    child.child.stdin?.end(JSON.stringify({ tool_name: "Bash" }));
    return (await child).stdout;
  };

  it("prints the bot's answer", async () => {
    decide = async (member, epoch, event) => JSON.stringify({ member, epoch, event });
    expect(JSON.parse(await ask(door.port))).toEqual({
      ...{ member: "eng-1", epoch: 2, event: { tool_name: "Bash" } },
    });
  });

  it("prints nothing when nobody decides, or no bot runs", async () => {
    expect(await ask(door.port)).toBe("");
    const { port } = door;
    await door.close();
    expect(await ask(port)).toBe("");
    door = await open(0);
  });

  it("believes nobody else who has the port, and tells them no secret", async () => {
    const seen: string[] = [];
    const thief = createServer((request, response) => {
      seen.push(`${request.url} ${JSON.stringify(request.headers)}`);
      response.end('{"decision":"allow"}');
    });
    thief.listen(0, "127.0.0.1");
    await once(thief, "listening");
    expect(await ask((thief.address() as AddressInfo).port)).toBe("");
    expect(seen).toHaveLength(1);
    expect(seen.join()).not.toContain(seatKey("eng-1", 2));
    thief.close();
  });

  it.each([
    ["another question", (body: string) => body.replace("Bash", "Read"), (said: string) => said],
    ["another answer", (body: string) => body, (said: string) => said.replace("deny", "allow")],
  ])("believes nobody who hands on %s", async (_, asked, answered) => {
    decide = async (_member, _epoch, event) => JSON.stringify({ event, behavior: "deny" });
    const between = createServer((request, response) => {
      void (async () => {
        const nonce = String(request.headers["x-batty-nonce"]);
        const reply = await fetch(`http://127.0.0.1:${door.port}${request.url}`, {
          ...{ method: "POST", body: asked(await text(request)) },
          headers: { "x-batty-nonce": nonce },
        });
        response.setHeader("x-batty-proof", reply.headers.get("x-batty-proof") ?? "");
        response.end(answered(await reply.text()));
      })();
    });
    between.listen(0, "127.0.0.1");
    await once(between, "listening");
    expect(await ask((between.address() as AddressInfo).port)).toBe("");
    between.close();
  });

  it("is let go when the bot ends while it waits", async () => {
    let left = false;
    const waits = new Promise<void>((waiting) => {
      decide = (_member, _epoch, _event, gone) =>
        new Promise(() => {
          gone.addEventListener("abort", () => {
            left = true;
          });
          waiting();
        });
    });
    const said = ask(door.port);
    await waits;
    await door.close();
    expect(await said).toBe("");
    expect(left).toBe(true);
    door = await open(0);
  });

  it("gives up on a bot that does not answer, and prints nothing", async () => {
    let held = false;
    decide = () => {
      held = true;
      return new Promise(() => undefined);
    };
    const child = run(process.execPath, [asker, "1"], { env: env(door.port) });
    child.child.stdin?.end("{}");
    expect((await child).stdout).toBe("");
    expect(held).toBe(true);
  });

  it("lets the bot know when its agent asks no longer", async () => {
    const left = new Promise<void>((resolve) => {
      decide = (_member, _epoch, _event, gone) =>
        new Promise((answer) => {
          gone.addEventListener("abort", () => {
            resolve();
            answer("");
          });
          started();
        });
    });
    let started = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      started = resolve;
    });
    const child = execFile(process.execPath, [asker], { env: env(door.port) });
    child.stdin?.end("{}");
    await asked;
    child.kill("SIGKILL");
    await left;
  });
});

describe("the command that files an event", () => {
  it("makes it a signal of its seat, whole and in order", async () => {
    const paths = pathsOf(join(folder, "project"));
    await mkdir(paths.batty, { recursive: true });
    await makeHome(paths, ["eng-1"], "/nowhere/batty", { BATTY_STATE_DIR: join(folder, "state") });
    const box = join(paths.signals, "eng-1");
    const env = {
      ...{ PATH: process.env["PATH"], BATTY_SIGNALS: box, BATTY_MEMBER: "eng-1" },
      ...{ BATTY_EPOCH: "2", BATTY_SIGNAL_KEY: seatKey("eng-1", 2) },
    };
    const texts = ["plain", 'quotes " and \\ and $HOME `x`', "日本 🚀\nline"];
    for (const message of texts) {
      const child = run("sh", [hookCommand(paths)], { env });
      const event = { says: [{ kind: "taken", message, detail: "" }] };
      child.child.stdin?.end(JSON.stringify(event));
      await child;
    }
    const names = (await readdir(join(box, "new"))).sort();
    const files = await Promise.all(
      names.map(async (name) =>
        parseSignal(name, "eng-1", await readFile(join(box, "new", name), "utf8"), ears),
      ),
    );
    const signals = files.flatMap((file) => (file.ok ? file.value.signals : []));
    expect(signals.map(({ message }) => message)).toEqual(texts);
    expect(signals.every(({ keyed }) => keyed === true)).toBe(true);
    expect(await readdir(join(box, "tmp"))).toEqual([]);
  });

  it("never says no to its agent, whatever keeps it from writing", async () => {
    const paths = pathsOf(join(folder, "project"));
    const child = run("sh", [hookCommand(paths)], {
      env: {
        PATH: process.env["PATH"],
        BATTY_SIGNALS: join(folder, "gone"),
        BATTY_MEMBER: "eng-1",
      },
    });
    child.child.stdin?.on("error", () => undefined).end("{}");
    await expect(child).rejects.toMatchObject({ code: 1 });
  });
});
