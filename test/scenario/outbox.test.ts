import { describe, expect, it } from "vitest";
import type { Hands, Turn } from "../fakes/agents.ts";
import type { Mood } from "../fakes/chat-platform.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask, worker, workers } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const hour = 60 * 60_000;

/** A morning's work: two tasks landed, a question asked and answered, a directive given. */
async function morning(elsewhere?: Mood): Promise<Day> {
  const architect = async (me: Hands, turn: Turn) => {
    if (turn.from !== "ada") return undefined;
    await me.batty("ask", "Which way?", "--option", "left", "--option", "right");
    return "I asked.";
  };
  const agents = { architect, ...workers };
  const day = await startDay({ agents, ...(elsewhere === undefined ? {} : { elsewhere }) });
  await newTask(day, "Build login", "write login.js ok");
  await newTask(day, "Build logout", "write logout.js ok");
  await day.ada.says("/send architect find the way");
  await day.pass(hour / 2);
  for (const card of day.room("merges").cards()) await day.ada.presses("Approve", card);
  await day.ada.presses("left", day.room("architect").card("question"));
  await day.pass(hour / 2);
  return day;
}

/** What was recorded, without the clock's part in it. */
const story = (day: Day): readonly string[] =>
  day
    .events()
    .map((e) =>
      [e.event, "task" in e ? e.task : "", "member" in e ? e.member : "", "to" in e ? e.to : ""]
        .filter((part) => part !== "" && part !== null)
        .join(" "),
    );

describe("the way out to a chat", () => {
  it("lets no hanging chat be felt: the agents are supervised as if it were not there", async () => {
    const alone = await morning();
    const without = { story: story(alone), room: alone.room("merges").text() };
    alone.end();
    const day = await morning({ hangs: true });
    expect(story(day)).toEqual(without.story);
    expect(day.room("merges").text()).toBe(without.room);
    expect(without.story.filter((e) => e.startsWith("task_manual_merged"))).toHaveLength(2);
    const platform = day.elsewhere?.platform;
    expect(platform?.posts()).toEqual([]);
    const heard = await day.ada.says("/status");
    expect(heard.card?.lines.join("\n")).toMatch(/\d+ posts wait for elsewhere: .*did not answer/);

    // When it comes back it shows everything once, and of what lagged behind the newest state.
    Object.assign(day.elsewhere?.platform ?? {}, { mood: {} });
    await day.pass(5 * 60_000);
    const cards = platform?.posts("merges") ?? [];
    expect(cards.map((p) => [p.post.card?.title, p.post.card?.state, p.shown.length <= 2])).toEqual(
      [
        ["#1 Build login", "done", true],
        ["#2 Build logout", "done", true],
      ],
    );
    const texts = (room: string) => platform?.posts(room).map((p) => p.post.text);
    expect(texts("events")).toEqual(
      day
        .room("events")
        .messages()
        .map((m) => m.text),
    );
    expect(texts("architect")).toEqual(
      day
        .room("architect")
        .messages()
        .map((m) => m.text),
    );
    expect((await day.ada.says("/status")).card?.lines.join("\n")).not.toContain("wait for");
  });

  it("loses nothing of what waits when the bot is killed meanwhile", async () => {
    const day = await morning({ hangs: true });
    await day.crash(60_000);
    await day.crash(1_000);
    Object.assign(day.elsewhere?.platform ?? {}, { mood: { slow: 50 } });
    await day.pass(5 * 60_000);
    for (const room of ["merges", "alerts", "events", "architect", "task:1"]) {
      const there = day.elsewhere?.platform.posts(room).map((p) => p.post.text);
      expect([room, there]).toEqual([
        room,
        day
          .room(room)
          .messages()
          .filter((m) => !/^(?:said|answer:\d$|task):?/.test(m.key))
          .map((m) => m.text),
      ]);
    }
  });

  it("tells a post that a chat refuses, and sends it again when asked to", async () => {
    const day = await startDay({
      team: simple({}, 1),
      agents: { "eng-1-1": worker },
      elsewhere: { refuses: ({ room }) => (room === "task:1" ? "chat.refused" : null) },
    });
    await newTask(day, "Build login", "write login.js ok");
    await day.quiet();
    const platform = day.elsewhere?.platform;
    expect(platform?.posts("task:1")).toEqual([]);
    const card = day.room("alerts").card();
    expect(card.card).toMatchObject({ state: "open", tone: "bad" });
    expect(card.card?.title).toMatch(/^elsewhere did not take \d posts for task:1$/);
    const status = (await day.ada.says("/status")).card?.lines.join("\n") ?? "";
    expect(status).toMatch(
      /\d posts were given up; the newest, for task:1 in elsewhere: task:1 does/,
    );

    Object.assign(platform ?? {}, { mood: {} });
    await day.crash(1_000);
    expect((await day.ada.presses("Send again", day.room("alerts").card())).refusal).toBeNull();
    await day.quiet();
    expect(platform?.posts("task:1").map((p) => p.post.text)).toEqual(
      day
        .room("task:1")
        .messages()
        .map((m) => m.text),
    );
    expect(day.room("alerts").card().card).toMatchObject({
      state: "done",
      lines: ["Sent again by ada."],
    });
    expect(day.elsewhere?.disk.letters.size).toBe(0);
    const again = await day.ada.says("/send-again 1.2.elsewhere");
    expect(again.refusal).toMatchObject({ code: "message.unknown" });
  });

  it("gives a room's right to write some time to come back", async () => {
    const day = await startDay({
      team: simple({}, 1),
      elsewhere: { refuses: ({ room }) => (room === "events" ? "chat.forbidden" : null) },
    });
    await day.pass(30 * 60_000);
    const calls = day.elsewhere?.platform.posts("events");
    expect(calls).toEqual([]);
    expect(day.events("post_given_up")).toEqual([]);
    Object.assign(day.elsewhere?.platform ?? {}, { mood: {} });
    await day.pass(6 * 60_000);
    expect(day.elsewhere?.platform.posts("events").map((p) => p.post.text)).toEqual(
      day
        .room("events")
        .messages()
        .map((m) => m.text),
    );
  });

  it("posts a card anew that was removed there", async () => {
    const day = await startDay({
      team: simple({}, 1),
      agents: { "eng-1-1": worker },
      elsewhere: {},
    });
    await newTask(day, "Build login", "write login.js ok");
    await day.quiet();
    const platform = day.elsewhere?.platform;
    platform?.remove(platform.posts("merges")[0]?.id ?? "");
    await day.pass(5 * 60_000);
    await day.ada.presses("Approve", day.room("merges").card());
    await day.quiet();
    expect(platform?.posts("merges").map((p) => p.post.card?.state)).toEqual(["done"]);
  });

  it("shows no secret, calls nobody, and puts a long answer in a file", async () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    const day = await startDay({
      agents: {
        architect: (_me, turn) =>
          turn.from === "ada" ? `@ada ${token}\n${"x".repeat(4_000)}` : undefined,
      },
      elsewhere: {},
    });
    await day.ada.says("tell me", { room: "architect" });
    await day.quiet();
    const [post] = day.elsewhere?.platform.posts("architect") ?? [];
    expect(post?.post.text).toHaveLength(1_502);
    expect(post?.post.text).toMatch(/^@\u200bada \[redacted:github\]\nx+…$/);
    expect(post?.post.files).toMatchObject([{ name: "answer.md" }]);
    expect(day.room("architect").text()).not.toContain(token);
  });
});
