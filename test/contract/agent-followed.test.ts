import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { followed, fromOurs } from "../../src/world/agents/followed.ts";

let folder = "";
let cwd = "";

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "batty-links-")));
  cwd = join(folder, "worktree");
  await mkdir(join(cwd, "src"), { recursive: true });
  await mkdir(join(folder, "out"));
  await writeFile(join(folder, "out", "a"), "");
  await symlink(join(folder, "out"), join(cwd, "link"));
  await symlink(join(folder, "out", "not-yet"), join(cwd, "dangling"));
  await symlink(cwd, join(folder, "alias"));
});
afterAll(() => rm(folder, { recursive: true }));

const subjectOf = async (path: string, from = cwd): Promise<string> =>
  (await followed({ tool: "Edit", what: "+x", subject: `edit ${path}`, cwd: from })).subject;

describe("an edit that is asked for", () => {
  it("is about its own file where no link leads elsewhere", async () => {
    expect(await subjectOf("src/new/a.ts")).toBe("edit src/new/a.ts");
    expect(await subjectOf(join(cwd, "src/a.ts"))).toBe(`edit ${join(cwd, "src/a.ts")}`);
    expect(await subjectOf("src/a.ts", join(folder, "alias"))).toBe("edit src/a.ts");
  });

  it("is about the file behind a link, there or not, and says so to people", async () => {
    expect(await subjectOf("link/a")).toBe(`edit ${join(folder, "out", "a")}`);
    expect(await subjectOf("link/new/b")).toBe(`edit ${join(folder, "out", "new", "b")}`);
    expect(await subjectOf("dangling")).toBe(`edit ${join(folder, "out", "not-yet")}`);
    const { what } = await followed({ tool: "Edit", what: "+x", subject: "edit link/a", cwd });
    expect(what).toBe(`link/a leads to ${join(folder, "out", "a")}\n+x`);
  });

  it("a command of that name is left as it is", async () => {
    const request = { tool: "Bash", what: "edit link/a", subject: "edit link/a", cwd };
    expect(await followed(request)).toBe(request);
  });

  it("comes from the folder that the rules know, where that is named by a link", async () => {
    const asked = { tool: "Bash", what: "make", subject: "make", cwd: join(cwd, "src") };
    const ours = join(folder, "alias");
    expect((await fromOurs(asked, ours)).cwd).toBe(join(ours, "src"));
    expect(await fromOurs(asked, join(folder, "out"))).toBe(asked);
  });
});
