import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createDrawer } from "../../../../../src/chat/local/terminal/draw.ts";
import { screen } from "../../../../../src/chat/local/terminal/screen.ts";
import { mergeCard, message, question } from "../samples.ts";
import { type AtTerminal, arrived, fits } from "./person.ts";

function busy(size: { columns: number; rows: number }): AtTerminal {
  const ada = arrived(size);
  ada.hears(
    message({ id: "m1", from: "ada", text: "/send architect build a REST API" }),
    { event: "reaction", message: "m1", emoji: "👀", state: "taken", by: "batty", added: true },
    message({ id: "m2", room: "events", text: "#12 Add JWT auth goes to eng-1-1." }),
    message({ id: "m3", room: "eng-1-1", card: question, loud: true }),
    message({ id: "m4", room: "merges", thread: "task:12", card: mergeCard, loud: true }),
  );
  return ada;
}

const many = (n: number) =>
  Array.from({ length: n }, (_, i) => message({ id: `m${i + 1}`, text: `line ${i + 1}` }));

describe("the screen", () => {
  it("at 80 columns has the rooms at its left", () => {
    const ada = busy({ columns: 80, rows: 20 });
    ada.types("/go merges[enter]y");
    expect(ada.sees()).toMatchInlineSnapshot(`
      " merges  ada (admin)
       commands         │09:10 ! batty merge · open
       events         1 │      hello
       merges         ! │      │ #12 Add JWT auth
       eng-1-1       !1 │      │ by eng-1-1: tokens are signed and checked on every
       task:12        ! │      │ route but /health
                        │      │ branch     eng-1-1/12
                        │      │ commits    2 (3f2a9c1e)
                        │      │ files      4 (+120 −7)
                        │      │ gate       green, 31 passed
                        │      │ confidence 0.74 · touches auth · no test deleted ·
                        │      │            small change
                        │      │ risk       auth
                        │      │ [1] ✅ Approve  [2] Reject  [3] Send back…  [4] Diff
                        │      │ ✅ approves
                        │
                        │
                        │
      Enter ✅ Approve: #12 Add JWT auth
      merges> y"
    `);
  });

  it("at 40 columns has them in its heading, with what is new", () => {
    const ada = busy({ columns: 40, rows: 12 });
    expect(ada.sees()).toMatchInlineSnapshot(`
      " commands  ada (admin)  events 1  merge…
      09:10 ada /send architect build a REST
            API
            👀 taken






      u what waits · Tab rooms · /help · /quit
      commands>"
    `);
  });

  it("shows a refusal whole: what to do next stands at its end", () => {
    const ada = busy({ columns: 50, rows: 24 });
    ada.hears({
      event: "error",
      code: "chat.no-recipient",
      say: "Plain text in task:1 reaches nobody.",
      hint: "Write in a member's room, or use /batty send NAME …",
    });
    expect(ada.sees()).toContain(
      "Plain text in task:1 reaches nobody. Write in a\nmember's room, or use /batty send NAME …\n",
    );
    expect(fits(ada)).toBe(true);
    ada.types("x");
    expect(ada.sees()).not.toContain("reaches nobody");
  });

  it("says how a question is answered while a message is written to who asks", () => {
    const ada = busy({ columns: 80, rows: 24 });
    ada.types("/go eng-1-1[enter]yes");
    expect(ada.sees()).toContain("Enter sends a message to eng-1-1 · 1… answers the question");
    ada.types("[escape]/status");
    expect(ada.sees()).not.toContain("Enter sends");
    ada.types("[escape]/go commands[enter]yes");
    expect(ada.sees()).not.toContain("Enter sends");
  });

  it("fits at every size, with long names, wide characters and a long input", () => {
    const wide = message({
      id: "m8",
      from: "日本語の名前",
      text: "日本語の長い文章 ✅ ".repeat(9),
    });
    for (const columns of [20, 39, 40, 63, 64, 80, 200])
      for (const rows of [6, 7, 24, 60]) {
        const ada = busy({ columns, rows });
        ada.hears(wide, { event: "error", code: "usage", say: "日本語の文章 refused ".repeat(20) });
        expect(fits(ada), `${columns}x${rows} notice`).toBe(true);
        ada.pastes("日本語 and a long input that goes on and on ".repeat(9));
        for (const keys of [
          "",
          "[left][left]",
          "[newline][newline]",
          "[tab][tab][escape]3[enter]",
        ]) {
          ada.types(keys);
          expect(fits(ada), `${columns}x${rows} ${keys}`).toBe(true);
        }
      }
  });

  it("puts the cursor where the next letter goes", () => {
    const ada = arrived({ columns: 40, rows: 10 });
    const at = () => screen(ada.view, ada.size).cursor;
    expect(at()).toEqual({ row: 9, column: 10 });
    ada.types("日本[left]");
    expect(at()).toEqual({ row: 9, column: 12 });
    ada.types("[end][newline]ab");
    expect(at()).toEqual({ row: 9, column: 2 });
    ada.types("[escape]");
    ada.types("x".repeat(29));
    expect(at()).toEqual({ row: 9, column: 39 });
    ada.types("x");
    expect(at()).toEqual({ row: 9, column: 1 });
  });

  it("keeps the room of the moment in sight when there are more than rows", () => {
    const ada = arrived({ columns: 80, rows: 8 });
    const rooms = Array.from({ length: 30 }, (_, i) => {
      const name = `eng-${i}`;
      return { name, kind: "member", title: name };
    });
    ada.hears({ event: "rooms", rooms });
    ada.types("/go eng-25[enter]");
    expect(ada.sees().split("\n").slice(1, 6).join("\n")).toContain("eng-25");
  });
});

describe("scrolling", () => {
  it("goes back by pages and returns to the end", () => {
    const ada = arrived({ columns: 80, rows: 13 });
    ada.hears(...many(100));
    expect(ada.sees()).toContain("line 100");
    ada.types("[page-up]");
    expect(ada.sees()).not.toContain("line 100");
    expect(ada.sees()).toContain("line 90");
    expect(ada.sees()).toContain("PgDn more below");
    for (let i = 0; i < 30; i += 1) ada.types("[page-up]");
    expect(ada.sees()).toMatch(/line 1$/m);
    for (let i = 0; i < 30; i += 1) ada.types("[page-down]");
    expect(ada.sees()).toContain("line 100");
    expect(ada.view.top).toBeNull();
  });

  it("stays where it is when something new comes, and follows at the end", () => {
    const ada = arrived({ columns: 80, rows: 13 });
    ada.hears(...many(50));
    ada.types("[page-up]");
    const before = ada.sees();
    ada.hears(message({ id: "m51", text: "line 51" }));
    expect(ada.sees()).toBe(before);
    ada.types("[page-down][page-down]");
    ada.hears(message({ id: "m52", text: "line 52" }));
    expect(ada.sees()).toContain("line 52");
  });
});

describe("drawing", () => {
  const size = { columns: 80, rows: 24 };
  const drawn = (ada: AtTerminal, ...steps: readonly (() => void)[]): readonly string[] => {
    const output = new PassThrough();
    output.setEncoding("utf8");
    const drawer = createDrawer(output, false);
    drawer.open();
    const take = (): string => (output.read() as string | null) ?? "";
    return [() => undefined, ...steps].map((step) => {
      step();
      take();
      drawer.draw(screen(ada.view, size), size);
      return take();
    });
  };

  it("writes only the lines that changed", () => {
    const ada = busy(size);
    const [all, key, nothing] = drawn(
      ada,
      () => ada.types("x"),
      () => undefined,
    );
    expect(all).toContain("build a REST API");
    expect(key).toContain("commands> x");
    expect(key).not.toContain("build a REST API");
    expect(key).not.toContain("\x1b[2J");
    expect(nothing).toBe("");
  });

  it("gives the terminal back as it was", () => {
    const output = new PassThrough();
    output.setEncoding("utf8");
    const drawer = createDrawer(output, true);
    drawer.open();
    drawer.restore();
    drawer.restore();
    expect(output.read()).toBe(
      "\x1b[?1049h\x1b[?2004h\x1b[2J\x1b[H\x1b[?2004l\x1b[?25h\x1b[0m\x1b[?1049l",
    );
  });
});
