// What people attach on Discord, fetched from where Discord says that it is and from nowhere else.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
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
  const file = { name: "log.txt", url: `http://127.0.0.1:${port}/log.txt`, size: 6 };
  const keep = async (paths: readonly string[]) => {
    kept.push(...paths);
    return paths;
  };
  await expect(fetchFiles([file], keep)).rejects.toMatchObject({
    refusal: { code: "chat.bad-file" },
  });
  expect({ asked, kept }).toEqual({ asked: ["/log.txt"], kept: [] });
});
