// chat.sock itself: who may speak, what a broken or a hostile client can do.
import { spawn, spawnSync } from "node:child_process";
import { lstat, mkdir, open, readdir, stat, writeFile } from "node:fs/promises";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { connectChat, connectShell } from "../../src/chat/local/client.ts";
import type { Claim } from "../../src/chat/local/socket.ts";
import { deferred } from "../../src/lib/deferred.ts";
import { type Client, follow, openPlace, type Place } from "./chat-stages.ts";

const places: Place[] = [];
const openedPlace = async (options?: Parameters<typeof openPlace>[0]): Promise<Place> => {
  const place = await openPlace(options);
  places.push(place);
  return place;
};
afterEach(async () => {
  for (const place of places.splice(0)) await place.end();
});

const ready = async (client: Promise<Client>): Promise<Client> => {
  const it = await client;
  await it.next((line) => line["event"] === "ready");
  return it;
};

/** A client without manners: bytes in, lines out. */
function raw(path: string): Client & { readonly socket: Socket; write(text: string): void } {
  const socket = createConnection({ path });
  socket.setEncoding("utf8");
  socket.on("error", () => undefined); // told by close
  let rest = "";
  const client = follow({
    send: (line) => void socket.write(`${JSON.stringify(line)}\n`),
    onLine(hear) {
      socket.on("data", (chunk: string) => {
        const parts = (rest + chunk).split("\n");
        rest = parts.pop() ?? "";
        for (const part of parts) hear(JSON.parse(part));
      });
    },
    closed: new Promise((resolve) => socket.once("close", () => resolve())),
    close: () => void socket.end(),
  });
  return { ...client, socket, write: (text) => void socket.write(text) };
}

/** … that proves who it is. */
async function proven(path: string) {
  const client = raw(path);
  const { hold } = await client.next((line) => line["hello"] === "batty");
  const file = await open(hold, "r");
  client.link.send({ client: "chat", pid: process.pid, as: null, json: true });
  await client.next((line) => line["event"] === "ready");
  void client.link.closed.then(() => file.close());
  return client;
}

/** A process of its own numbering: the first there is 1. */
const sandbox = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];
const sandboxes = spawnSync("unshare", [...sandbox, "true"], { timeout: 5_000 }).status === 0;
/** A client that proves itself, prints what it is answered, and goes. */
const sandboxed = `
  const { createConnection } = require("node:net");
  const { openSync } = require("node:fs");
  const socket = createConnection(process.argv[1]);
  let rest = "";
  socket.on("data", (chunk) => {
    rest += chunk;
    const at = rest.indexOf("\\n");
    if (at < 0) return;
    const line = rest.slice(0, at);
    rest = rest.slice(at + 1);
    const { hold } = JSON.parse(line);
    if (hold === undefined) return socket.destroy(), console.log(line);
    openSync(hold, "r");
    socket.write(JSON.stringify({ client: "chat", pid: process.pid, as: null, json: true }) + "\\n");
  });
`;

describe("a caller", () => {
  it("that holds the named file open is who the bot finds it to be; the file goes with it", async () => {
    const place = await openedPlace();
    const claims: unknown[] = [];
    place.identify = (claim) => {
      claims.push(claim);
      return { name: "ada", via: "local", tier: "viewer" };
    };
    const client = await ready(place.client("carol"));
    expect(client.lines[0]).toEqual({ event: "ready", as: "ada", tier: "viewer" });
    expect(claims).toEqual([{ pid: process.pid, as: "carol", client: "chat" }]);
    const [file = ""] = await readdir(join(place.dir, "callers"));
    expect((await stat(join(place.dir, "callers", file))).mode & 0o777).toBe(0o600);
    client.link.close();
    await client.link.closed;
    await expect.poll(async () => (await readdir(join(place.dir, "callers"))).length).toBe(0);
  });

  it.each([
    ["does not hold it", { client: "chat", pid: process.pid, as: null }],
    ["names another process", { client: "chat", pid: 1, as: null }],
    ["names no process", { client: "chat", as: null }],
    ["names a path", { client: "chat", pid: "self", as: null }],
    ["is neither chat nor shell", { client: "root", pid: process.pid }],
    ["says no JSON", "hello"],
  ])("that %s is refused", async (what, claim) => {
    const place = await openedPlace();
    const client = raw(place.path);
    const { hold } = await client.next((line) => line["hello"] === "batty");
    const file = what === "does not hold it" ? null : await open(hold, "r");
    client.write(`${typeof claim === "string" ? claim : JSON.stringify(claim)}\n`);
    await client.link.closed;
    await file?.close();
    expect(JSON.stringify(client.lines.at(-1))).toContain("access.unknown-caller");
    // Who named a living process that is not theirs is told of; who says nothing of the kind is not.
    const lied = what === "does not hold it" || what === "names another process";
    expect(place.unproven).toHaveLength(lied ? 1 : 0);
  });

  it.skipIf(!sandboxes)("is known out of a sandbox, where it has another pid", async () => {
    const place = await openedPlace();
    const claims: Claim[] = [];
    place.identify = (claim) => {
      claims.push(claim);
      return { name: "ada", via: "local", tier: "viewer" };
    };
    const client = spawn("unshare", [...sandbox, process.execPath, "-e", sandboxed, place.path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(JSON.parse(await text(client.stdout))).toMatchObject({ event: "ready", as: "ada" });
    expect(claims.map(({ pid }) => pid)).not.toEqual([1]);
    expect(place.unproven).toEqual([]);
  });

  it("that holds a file of its own instead is refused", async () => {
    const place = await openedPlace();
    const mine = join(place.dir, "mine");
    await writeFile(mine, "");
    const file = await open(mine, "r");
    const client = raw(place.path);
    await client.next((line) => line["hello"] === "batty");
    client.link.send({ client: "chat", pid: process.pid, as: null, json: true });
    await client.link.closed;
    await file.close();
    expect(client.lines.at(-1)).toMatchObject({ event: "error", code: "access.unknown-caller" });
  });

  it("that the bot refuses is told why, in the chat and on the shell", async () => {
    const place = await openedPlace();
    place.identify = () => ({ code: "access.denied", say: "Not you." });
    const client = await place.client();
    await client.link.closed;
    expect(client.lines).toEqual([{ event: "error", code: "access.denied", say: "Not you." }]);
    expect(await connectShell(place.path, "status", [])).toEqual({
      ...{ ok: false, exit: 1, refusal: { code: "access.denied", say: "Not you." } },
    });
  });
});

describe("a verb of the shell", () => {
  it("goes to the desk with its words as they are, and its reply comes back", async () => {
    const place = await openedPlace();
    const argv = ["architect", "two\nlines", '"quoted"', ""];
    expect(await connectShell(place.path, "send", argv)).toEqual({
      ...{ ok: true, json: { verb: "send", argv }, text: "send" },
    });
  });

  it("is given up when its caller goes", async () => {
    const place = await openedPlace();
    const given = deferred<void>();
    const begun = deferred<void>();
    place.desk.runs = (_verb, _argv, signal) => {
      signal.addEventListener("abort", () => given.resolve());
      begun.resolve();
      return new Promise(() => undefined);
    };
    const client = raw(place.path);
    const { hold } = await client.next((line) => line["hello"] === "batty");
    const file = await open(hold, "r");
    client.link.send({ client: "shell", pid: process.pid, as: null, json: false });
    await client.next((line) => line["ready"] === true);
    client.link.send({ verb: "done", argv: ["--wait"] });
    await begun.promise;
    client.socket.destroy();
    await given.promise;
    await file.close();
  });

  it("that meets a bug of ours gets 70, and the bot goes on", async () => {
    const place = await openedPlace();
    place.desk.runs = () => Promise.reject(new Error("oh no"));
    expect(await connectShell(place.path, "status", [])).toMatchObject({ ok: false, exit: 70 });
    expect(place.log.join("\n")).toContain("oh no");
    await ready(place.client());
  });

  it("without a bot is bot.down, and bot.gone when it goes before the answer", async () => {
    const place = await openedPlace();
    await expect(connectShell(join(place.dir, "none.sock"), "status", [])).rejects.toMatchObject({
      code: "bot.down",
    });
    const begun = deferred<void>();
    place.desk.runs = () => {
      begun.resolve();
      return new Promise(() => undefined);
    };
    const call = connectShell(place.path, "done", ["--wait"]);
    const gone = expect(call).rejects.toMatchObject({ code: "bot.gone" });
    await begun.promise;
    await place.chat.close();
    await gone;
    await expect(connectChat(place.path, null, true)).rejects.toMatchObject({ code: "bot.down" });
  });
});

describe("a client without manners", () => {
  it("gets one error for each line that is no request, and stays", async () => {
    const place = await openedPlace();
    const client = await proven(place.path);
    client.write('no json\n[1]\n7\n"x"\n\n{"say":\n');
    await client.settled();
    const errors = client.lines.filter((line) => line["event"] === "error");
    expect(errors.map((line) => line["code"])).toEqual(Array(5).fill("chat.bad-request"));
  });

  it("gets one error for a line that is too long, and nothing of it is acted on", async () => {
    const place = await openedPlace();
    const client = await proven(place.path);
    const tail = '{"say":"/status"}';
    client.write(`{"say":"${"x".repeat(1_400_000)}`);
    client.write(`${"x".repeat(1_400_000)}${tail}\n`);
    client.write(`${" ".repeat(1_200_000)}${tail}\n`);
    await client.settled();
    const errors = client.lines.filter((line) => line["event"] === "error");
    expect(errors.map((line) => line["code"])).toEqual(["chat.bad-request", "chat.bad-request"]);
    expect(place.desk.asked).toEqual([]);
  });

  it("may send a request in pieces, several at once, and cut inside a character", async () => {
    const place = await openedPlace();
    const client = await proven(place.path);
    const bytes = Buffer.from('{"say":"/ünï"}\n{"say":"/two"}\n');
    client.socket.write(bytes.subarray(0, 10));
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.write(bytes.subarray(10));
    await client.settled();
    expect(place.desk.asked).toMatchObject([
      { said: { text: "/ünï" } },
      { said: { text: "/two" } },
    ]);
  });

  it("that does not read is dropped, and the others hear everything", async () => {
    const place = await openedPlace();
    const deaf = await proven(place.path);
    deaf.socket.pause();
    const other = await ready(place.client());
    const text = "x".repeat(900_000);
    for (let n = 1; n <= 12; n += 1) {
      await place.chat.post({
        ...{ key: `k${n}`, room: "events", thread: null, from: "batty", text, card: null },
        ...{ loud: false, mentions: [], replyTo: null },
      });
      await other.next((line) => line["id"] === `m${n}`);
    }
    deaf.socket.resume();
    await deaf.link.closed;
    expect(deaf.lines.some((line) => line["id"] === "m12")).toBe(false);
  });

  it("that goes while it is greeted leaves nothing behind", async () => {
    const place = await openedPlace();
    for (let n = 0; n < 20; n += 1) {
      const { socket } = raw(place.path);
      await new Promise((resolve) => socket.once("connect", resolve));
      socket.destroy();
    }
    await ready(place.client());
    await expect.poll(async () => readdir(join(place.dir, "callers"))).toHaveLength(1);
  });
});

describe("the socket's place", () => {
  it("is private", async () => {
    const place = await openedPlace();
    expect((await stat(place.path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(place.dir, "callers"))).mode & 0o777).toBe(0o700);
  });

  it("is a link when its path is too long for the kernel; both go with the bot", async () => {
    const deep = join("d".repeat(60), "e".repeat(60));
    const place = await openPlaceIn(deep);
    expect((await lstat(place.path)).isSymbolicLink()).toBe(true);
    expect((await stat(join(place.dir, "short"))).mode & 0o777).toBe(0o700);
    await ready(place.client());
    await place.restart();
    await ready(place.client());
    await place.chat.close();
    await expect(lstat(place.path)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readdir(join(place.dir, "short"))).toEqual([]);
  });

  it("that a killed bot left is taken over", async () => {
    const place = await openedPlace();
    await place.chat.close();
    await writeFile(place.path, "");
    await place.restart();
    await ready(place.client());
  });
});

async function openPlaceIn(folder: string): Promise<Place> {
  return openedPlace({
    path: join(folder, "chat.sock"),
    before: (dir) => mkdir(join(dir, folder), { recursive: true }),
  });
}
