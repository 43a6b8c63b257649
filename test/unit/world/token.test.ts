import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { takeLock } from "../../../src/world/lock.ts";
import { findToken, tokenFile, tokenLock, writeToken } from "../../../src/world/token.ts";

async function home() {
  const dir = await mkdtemp(join(tmpdir(), "batty-token-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

describe("a platform's token", () => {
  it("comes from its variable before a named file, and from that before the team's own", async () => {
    const HOME = await home();
    await writeToken(tokenFile("discord", "crew", { HOME }), "own");
    const named = join(HOME, "named");
    await writeFile(named, "named\n", { mode: 0o600 });
    const find = async (env: Record<string, string>) =>
      (await findToken("discord", "crew", { HOME, ...env }))?.value;
    expect(await find({})).toBe("own");
    expect(await find({ BATTY_DISCORD_BOT_TOKEN_FILE: named })).toBe("named");
    const both = { BATTY_DISCORD_BOT_TOKEN: "given", BATTY_DISCORD_BOT_TOKEN_FILE: named };
    expect(await find(both)).toBe("given");
    expect(await findToken("telegram", "crew", { HOME })).toBeNull();
  });

  it("is written for its owner alone, whatever stood there before", async () => {
    const file = join(await home(), "deep", "discord.token");
    await writeToken(file, "first");
    await chmod(file, 0o644);
    await writeToken(file, "second");
    expect(await readFile(file, "utf8")).toBe("second\n");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("is not used when others can read it, with what to do and without the token in the words", async () => {
    const HOME = await home();
    const file = tokenFile("discord", "crew", { HOME });
    await writeToken(file, "s3cret");
    await chmod(file, 0o640);
    const refused = findToken("discord", "crew", { HOME });
    await expect(refused).rejects.toMatchObject({
      code: "chat.login",
      message: `other users can read the token in ${file}, so it is not used`,
      hint: expect.stringContaining(`chmod 600 ${file}`),
    });
  });

  it("says which file is missing or empty when one was named", async () => {
    const HOME = await home();
    const env = { HOME, BATTY_DISCORD_BOT_TOKEN_FILE: join(HOME, "nowhere") };
    await expect(findToken("discord", "crew", env)).rejects.toThrow(/nowhere failed/);
    await writeFile(join(HOME, "nowhere"), "", { mode: 0o600 });
    await expect(findToken("discord", "crew", env)).rejects.toThrow(/nowhere is empty/);
  });

  it("serves one project at a time, and the other is named", async () => {
    const HOME = await home();
    const file = () => tokenLock({ value: "t", from: "here" }, { HOME });
    const first = await takeLock(await file(), "batty for a at /a");
    await expect(takeLock(await file(), "batty for b at /b")).rejects.toMatchObject({
      code: "lock.held",
      message: expect.stringContaining("batty for a at /a"),
    });
    await first.release();
    await (await takeLock(await file(), "batty for b at /b")).release();
    expect(await readdir(join(HOME, ".config", "batty", "tokens"))).toHaveLength(1);
  });
});
