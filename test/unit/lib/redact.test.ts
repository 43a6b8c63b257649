import { describe, expect, it } from "vitest";
import { breakMentions } from "../../../src/lib/mentions.ts";
import { createRedact, secretValues } from "../../../src/lib/redact.ts";

const redact = createRedact();
const text = (n: number, of = "aB3"): string => of.repeat(n).slice(0, n);

describe("redaction", () => {
  it.each([
    ["GitHub", `ghp_${text(36)}`],
    ["GitHub, fine-grained", `github_pat_${text(22)}_${text(59)}`],
    ["AWS", "AKIAIOSFODNN7EXAMPLE"],
    ["Slack", "xoxb-1234567890-abcdefghij"],
    ["Discord", `MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.${text(38)}`],
    ["Telegram", `123456789:${text(35)}`],
    ["OpenAI", `sk-proj-${text(40)}`],
    ["Anthropic", `sk-ant-api03-${text(80)}`],
    ["a JWT", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${text(43)}`],
    ["a bearer's", text(32)],
    ["cut off by a limit", `ghp_${text(15)}`],
  ])("takes out a token of %s", (name, token) => {
    const before = name === "a bearer's" ? "Authorization: Bearer " : "the token is ";
    const out = redact(`${before}${token}, and so on`);
    expect(out).not.toContain(token.slice(-8));
    expect(out).toMatch(/\[redacted:[a-z-]+\], and so on$/);
  });

  it("takes out a private key to its end, or to the text's", () => {
    const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${text(64)}\n${text(20)}\n`;
    const whole = `a\n${key}-----END OPENSSH PRIVATE KEY-----\nb`;
    expect(redact(whole)).toBe("a\n[redacted:private-key]\nb");
    expect(redact(`a\n${key}`)).toBe("a\n[redacted:private-key]");
  });

  it("takes the password out of an address and leaves the rest", () => {
    expect(redact("postgres://ada:s3cr3t@db:5432/x and http://host:8080/a@b")).toBe(
      "postgres://ada:[redacted:password]@db:5432/x and http://host:8080/a@b",
    );
  });

  it("finds a token that a pane cut in two lines", () => {
    expect(redact(`ghp_${text(20)}\n${text(16)}\nnext`)).toBe("[redacted:github]\nnext");
    const own = createRedact(["correct-horse-battery"]);
    expect(own("x correct-ho\nrse-battery y")).toBe("x [redacted] y");
  });

  it("takes out known values as they are, in addresses, and cut at the end", () => {
    const own = createRedact(["pass/word 1", "tr0ub4dor&3"]);
    expect(own("pass/word 1 pass%2Fword%201 tr0ub4dor&3")).toBe("[redacted] [redacted] [redacted]");
    expect(own("it said: tr0ub4do…")).toBe("it said: [redacted]…");
  });

  it.each([
    "4f0c1d2e3b4a5968778695a4b3c2d1e0f9a8b7c6",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sha512-+lsyRrQwBJpSuSZFGbVqyzHfJPUJfzS9Q==",
    "1f8c2a9e-77a1-4a53-9d0b-6a2f6c9e1b11",
    "eng-1-2/12 landed as 9e9a4bfd, 12 passed",
    "task-sk-short gh_pages AKIA",
    "1767600000000.000012.0",
    "https://example.org:8443/a/b?c=d#e user@example.org",
  ])("leaves %s as it is", (innocent) => {
    expect(redact(innocent)).toBe(innocent);
  });

  it("knows a secret variable from a setting", () => {
    const env = {
      API_TOKEN: "hunter22",
      NODE_ENV: "development",
      HOME: "/home/ada/with/1234567890/long",
      DATABASE_URL: "postgres://ada:pw@db/x",
      PORT: "50000000",
      OTHER: "q8Zr1vN4xT7bY2mK5pW9",
    };
    expect(secretValues(env, [...Object.keys(env), "ABSENT"])).toEqual([
      "hunter22",
      "q8Zr1vN4xT7bY2mK5pW9",
    ]);
  });
});

describe("mentions", () => {
  it("are broken up, but no address of mail is", () => {
    expect(breakMentions("@ada <@123> <@&7> a@everyone ada@example.org @@x")).toBe(
      "@\u200bada <@\u200b123> <@\u200b&7> a@\u200beveryone ada@example.org @@\u200bx",
    );
  });

  it("stay broken", () => {
    const once = breakMentions("(@bob)");
    expect(breakMentions(once)).toBe(once);
  });
});
