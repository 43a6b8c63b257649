// The set-up of Discord as a person goes through it: what they are asked, what they read, what stands in the files after.
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseTeam } from "../../../src/config/load.ts";
import { Failure } from "../../../src/core/words.ts";
import {
  Cancelled,
  type Platform,
  type SetupParts,
  setUpDiscord,
} from "../../../src/setup/discord.ts";

const yaml = `# Our team.
name: crew # not the shop
roles:
  - {name: architect, role_type: architect, agent: script}
  - {name: engineer, role_type: engineer, agent: script}
people:
  ada: {local: root} # she pays
access:
  approvers: [ada] # for now
`;
const context = { root: "/shop", osUser: "root" };

interface Scene {
  /** Answers, in order: to secrets, choices and yes/no. */
  readonly answers: readonly string[];
  readonly platform?: Partial<Platform>;
  readonly token?: SetupParts["token"];
  readonly text?: string;
}

function scene({ answers, platform = {}, token = null, text = yaml }: Scene) {
  const seen: string[] = [];
  const left = [...answers];
  const saved = { token: null as string | null, text };
  const next = (question: string): string => {
    seen.push(question);
    const answer = left.shift();
    if (answer === undefined) throw new Cancelled();
    return answer;
  };
  let reacted: (() => void) | null = null;
  const there: Platform = {
    account: async () => ({
      id: "1",
      name: "Crew Bot",
      readsText: false,
      invite: "https://invite",
    }),
    guilds: async () => [{ id: "900", name: "Shop", missing: [] }],
    channels: async () =>
      new Map([
        ["commands", "10"],
        ["merges", "11"],
      ]),
    post: async (channel, words) => {
      seen.push(`#${channel}: ${words}`);
      return "77";
    },
    invite: async () => undefined,
    async reactors() {
      reacted?.();
      return [
        { id: "5", name: "Ada L." },
        { id: "6", name: "Bob!" },
      ];
    },
    testCard: async (channel) => void seen.push(`card in #${channel}`),
    ...platform,
  };
  const parts: SetupParts = {
    team: parseTeam(text, context),
    token,
    platform: (value) => {
      seen.push(`token ${value}`);
      return there;
    },
    ask: {
      say: (line) => void seen.push(line),
      secret: async (question) => next(question),
      choose: async (question) => next(question),
      yes: async (question) => next(question) === "y",
      // Enough, once somebody was seen.
      enter: () =>
        new Promise((resolve) => {
          reacted = () => setImmediate(resolve);
        }),
    },
    sleep: () => new Promise((go) => setImmediate(go)),
    async saveToken(value) {
      saved.token = value;
      return "/home/discord.token";
    },
    async saveTeam(edit) {
      saved.text = edit(saved.text);
      parseTeam(saved.text, context);
    },
  };
  return { seen, saved, run: () => setUpDiscord(parts) };
}

describe("setting a team up on Discord", () => {
  it("asks for the token, picks who reacts, and leaves every comment of the team file where it was", async () => {
    const s = scene({ answers: ["t0ken", "y", "y", "y", "y"] });
    const done = await s.run();
    expect(done).toMatchObject({ guild: { id: "900" }, approvers: ["ada", "bob"] });
    expect(s.saved.token).toBe("t0ken");
    expect(parse(s.saved.text)).toMatchObject({
      chat: { discord: { guild: "900" } },
      people: { ada: { local: "root", discord: "5" }, bob: { discord: "6" } },
      access: { approvers: ["ada", "bob"], admins: ["ada"] },
    });
    for (const comment of ["# Our team.", "# not the shop", "# she pays", "# for now"])
      expect(s.saved.text).toContain(comment);
    expect(s.seen).toContain("card in #10");
    expect(s.seen).toContain("Is Ada L. you, ada?");
    expect(s.seen.filter((line) => line.includes("Message Content Intent"))).toHaveLength(1);
  });

  it("waits until the bot was let in, and says with which link", async () => {
    let looks = 0;
    const s = scene({
      answers: ["t0ken", "n", "n"],
      platform: {
        guilds: async () => (++looks < 3 ? [] : [{ id: "900", name: "Shop", missing: [] }]),
      },
    });
    await s.run();
    expect(looks).toBe(3);
    expect(s.seen.filter((line) => line.includes("https://invite"))).toHaveLength(1);
    expect(parse(s.saved.text).access).toEqual({ approvers: ["ada"] });
  });

  it("takes a token that is there already, and does not write it again", async () => {
    const s = scene({
      answers: ["n", "n"],
      token: { value: "old", from: "BATTY_DISCORD_BOT_TOKEN" },
    });
    await s.run();
    expect(s.seen[0]).toBe("token old");
    expect(s.saved.token).toBeNull();
  });

  it("asks again for a token that Discord does not know, and says what to do", async () => {
    let tries = 0;
    const account = async () => {
      tries += 1;
      if (tries === 1) throw new Failure("chat.login", "401");
      return { id: "1", name: "Crew Bot", readsText: true, invite: "" };
    };
    const s = scene({ answers: ["wrong", "right", "n", "n"], platform: { account } });
    await s.run();
    expect(s.saved.token).toBe("right");
    expect(s.seen.some((line) => line.startsWith("Discord does not know this token."))).toBe(true);
  });

  it("writes nothing when a permission is missing that nothing goes without, and names it", async () => {
    const missing = [{ name: "Send Messages", why: "post cards", needed: true }];
    const s = scene({
      answers: ["t0ken"],
      platform: { guilds: async () => [{ id: "900", name: "Shop", missing }] },
    });
    await expect(s.run()).rejects.toMatchObject({ code: "chat.forbidden" });
    expect(s.seen).toContain("Missing: Send Messages (to post cards).");
    expect(s.saved).toEqual({ token: null, text: yaml });
  });

  it("lets a person choose among several servers, or give up with nothing written", async () => {
    const guilds = async () => [
      { id: "900", name: "Shop", missing: [] },
      { id: "901", name: "Home", missing: [] },
    ];
    const s = scene({ answers: ["t0ken", "Home", "n", "n"], platform: { guilds } });
    expect((await s.run()).guild.id).toBe("901");
    for (const answers of [["t0ken"], ["t0ken", "Home"], ["t0ken", "Home", "y", "y"]]) {
      const gone = scene({ answers, platform: { guilds } });
      await expect(gone.run()).rejects.toBeInstanceOf(Cancelled);
      expect(gone.saved).toEqual({ token: null, text: yaml });
    }
  });
});
