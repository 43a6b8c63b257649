// Ten senders write a thousand messages to one busy member: members by verb, people in chat and on the shell, and
// files that appear in its inbox.
import { expect, it } from "vitest";
import { renderMail } from "../../src/world/mail-file.ts";
import { startDay } from "../fakes/day.ts";
import { simple } from "../fakes/team.ts";

const each = 100;
const seats = ["architect", "manager", "eng-1-2", "eng-1-3", "eng-1-4", "eng-1-5"];

it("of 1,000 messages by ten senders to one busy member none is lost, doubled, out of order or another's", async () => {
  const team = simple({}, 5);
  const members = team.members.map((m) => ({
    ...m,
    talksTo: m.name === "eng-1-1" ? m.talksTo : [...m.talksTo, "eng-1-1"],
  }));
  const day = await startDay({
    team: { ...team, members },
    agents: { "eng-1-1": async (me) => void (await me.sleep(700)) },
  });
  const ada = day.ada;
  const bob = day.chat.person("bob", "operator");
  const echoes: string[] = [];
  const senders = ["ada", "bob", "shell", "file", ...seats];
  for (let n = 0; n < each; n += 1) {
    for (const sender of senders) {
      const body = `${sender} says ${n}`;
      if (sender === "ada" || sender === "bob") {
        const { own } = await (sender === "ada" ? ada : bob).says(`/send eng-1-1 ${body}`);
        echoes.push(own ?? "");
      } else if (sender === "shell") await day.shell("send", "eng-1-1", body);
      else if (sender === "file") {
        const id = `${day.now()}.${String(n).padStart(6, "0")}.77`;
        const timestamp = Math.floor(day.now() / 1000);
        const mail = { id, from: "manager", to: "eng-1-1", body, msg_type: "send", timestamp };
        day.drop("eng-1-1", id, renderMail(mail));
      } else await day.as(sender, "send", "eng-1-1", body);
    }
    // The bot dies now and then, and work goes on meanwhile.
    if (n % 33 === 32) await day.crash(1_500);
  }
  await day.until(() => day.turns.length >= each * senders.length, 3_600_000);
  await day.quiet();

  const bodies = day.turns.filter((t) => t.member === "eng-1-1").map((t) => t.body);
  expect(bodies).toHaveLength(each * senders.length);
  expect(new Set(bodies).size).toBe(bodies.length);
  for (const sender of senders) {
    const own = day.turns.filter((t) => t.body.startsWith(`${sender} says `));
    expect(own.map((t) => t.body)).toEqual(
      Array.from({ length: each }, (_, n) => `${sender} says ${n}`),
    );
    const name = sender === "shell" ? "ada" : sender === "file" ? "manager" : sender;
    expect(new Set(own.map((t) => t.from))).toEqual(new Set([name]));
  }
  // People's go first; within a rank the order of arrival is kept: ids grow.
  for (const people of [true, false]) {
    const ids = day.turns.filter((t) => (t.via !== null) === people).map((t) => t.id);
    const time = (id: string) => Number(id.split(".")[0]);
    expect(ids.every((id, n) => n === 0 || time(id) >= time(ids[n - 1] ?? ""))).toBe(true);
  }
  for (const echo of echoes)
    expect(day.chat.receipts(echo)).toEqual(["queued", "typed", "taken", "answered"]);
  expect(day.events("delivery_failed", "message_refused", "mail_file_broken")).toEqual([]);
  expect([...day.state().messages.values()].filter((d) => d.state === "queued")).toEqual([]);
}, 180_000);
