// What people attach on Discord, fetched from where Discord says that it is and from nowhere else.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { fetchFiles } from "../../src/chat/discord/files.ts";

it("does not follow an address that sends elsewhere, and keeps nothing", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, answer) => {
    asked.push(url);
    if (url === "/log.txt") answer.writeHead(302, { location: "/secrets" });
    answer.end("secret");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const kept: string[] = [];
  const api = `http://127.0.0.1:${port}/api`;
  const file = { name: "log.txt", url: `http://127.0.0.1:${port}/log.txt`, size: 6 };
  const keep = async (paths: readonly string[]) => {
    kept.push(...paths);
    return paths;
  };
  await expect(fetchFiles([file], { api, keep })).rejects.toMatchObject({
    refusal: { code: "chat.bad-file" },
  });
  expect({ asked, kept }).toEqual({ asked: ["/log.txt"], kept: [] });
});

it("asks Discord's own hosts and no others, whatever address a message names", async () => {
  const asking = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("boom"));
  onTestFinished(() => void asking.mockRestore());
  const keep = async (paths: readonly string[]) =>
    paths.map((path) => path.split("/").at(-1) ?? "");
  const fetchAt = (url: string) =>
    fetchFiles([{ name: "log.txt", url, size: 4 }], { api: null, keep });
  const own = [
    "https://cdn.discordapp.com/attachments/1/2/log.txt?ex=1&is=2&hm=3",
    "https://media.discordapp.net/attachments/1/2/log.txt",
  ];
  for (const url of own) expect(await fetchAt(url)).toEqual(["log.txt"]);
  for (const url of [
    "http://cdn.discordapp.com/log.txt",
    "https://cdn.discordapp.com:8443/log.txt",
    "https://cdn.discordapp.com.example.org/log.txt",
    "https://cdn.discordapp.com@example.org/log.txt",
    "http://127.0.0.1:8080/log.txt",
    "http://[::1]/log.txt",
    "file:///etc/passwd",
    "log.txt",
  ])
    await expect(fetchAt(url)).rejects.toMatchObject({
      refusal: { code: "chat.bad-file", say: expect.stringContaining("not on Discord itself") },
    });
  expect(asking.mock.calls.map(([url]) => url)).toEqual(own);
});
