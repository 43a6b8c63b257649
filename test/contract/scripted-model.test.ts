// The scripted model, as the real agents' programs would ask it: so that it is right before any of them is started.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findScript, repliesOf } from "../agents/model/script.ts";
import { type Model, startModel } from "../agents/model/server.ts";

let model: Model;
beforeEach(async () => {
  model = await startModel([{ when: /^Task 12\b/, script: "say I take task 12." }]);
});
afterEach(() => model.close());

interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

async function post(path: string, body: object, headers = {}): Promise<Got> {
  const response = await fetch(`${model.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const events = [...text.matchAll(/^data: (.*)$/gm)].map(
    ([, json = ""]) => JSON.parse(json) as Readonly<Record<string, unknown>>,
  );
  return { status: response.status, headers: response.headers, text, events };
}

const bash = [{ name: "Bash" }, { name: "Write" }, { name: "AskUserQuestion" }];
const exec = [{ type: "function", name: "exec_command" }];
const claude = (messages: readonly object[], more = {}): Promise<Got> =>
  post("/v1/messages?beta=true", { model: "m", stream: true, tools: bash, messages, ...more });
const codex = (input: readonly object[], more = {}): Promise<Got> =>
  post("/v1/responses", { model: "m", stream: true, tools: exec, input, ...more });
const user = (text: string): object => ({ role: "user", content: text });
const says = (text: string): object => ({
  type: "message",
  role: "user",
  content: [{ type: "input_text", text }],
});
const types = ({ events }: Got): readonly unknown[] => events.map((event) => event["type"]);
const spoken = ({ events }: Got): string =>
  events
    .map(({ delta }) =>
      typeof delta === "string" ? delta : ((delta as { text?: string })?.text ?? ""),
    )
    .join("");
const called = ({ text }: Got): unknown => /"name":"(\w+)"/.exec(text)?.[1] ?? null;

describe("a script", () => {
  it("is the last block or line of a text that is marked as one", () => {
    expect(findScript("Please.\n```model\nsay a\n```\nand model: say b")).toBe("say a\n");
    expect(findScript("```model\nsay a\n```\nmodel: say b ;; run ls")).toBe("say b\nrun ls");
    expect(findScript("The data model: it is good")).toBeNull();
  });

  it("ends an answer at each tool, and has one more answer after the last", () => {
    const replies = repliesOf("think 5\nrun ls\nfail 529 2 retry-after=1\nsay Done.\\nReally.");
    expect(replies.map(({ tool }) => tool?.kind ?? null)).toEqual(["run", null]);
    expect(replies[1]?.faults).toEqual([{ kind: "status", status: 529, times: 2, retryAfter: 1 }]);
    expect(replies[1]?.parts).toEqual([{ kind: "say", text: "Done.\nReally.", ms: 0 }]);
  });

  it("that cannot be read is refused with the line", async () => {
    const got = await claude([user("model: dance")]);
    expect(got.status).toBe(400);
    expect(got.text).toContain("No step of a model's script: dance");
  });
});

describe("Anthropic Messages", () => {
  it("streams a text with usage, from first to last event", async () => {
    const got = await claude([user("model: tokens 150000 ;; say Hello.")]);
    expect(types(got)).toEqual([
      ...["message_start", "ping", "content_block_start", "content_block_delta"],
      ...["content_block_stop", "message_delta", "message_stop"],
    ]);
    expect(spoken(got)).toBe("Hello.");
    expect(got.text).toContain('"input_tokens":150000');
    expect(got.text).toContain('"stop_reason":"end_turn"');
  });

  it("asks for the tool of the step that the conversation has come to", async () => {
    const prompt = user("model: run ls ;; write a.md # A ;; say Done.");
    const calls = (n: number): object[] =>
      Array.from({ length: n }).flatMap((_, at) => [
        {
          role: "assistant",
          content: [{ type: "tool_use", id: `t${at}`, name: "Bash", input: {} }],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: `t${at}`, content: "ok" },
            { type: "text", text: "<system-reminder>Be brief.</system-reminder>" },
          ],
        },
        { role: "system", content: "Noted." },
      ]);
    const [first, second, third] = [
      await claude([prompt]),
      await claude([prompt, ...calls(1)]),
      await claude([prompt, ...calls(2)]),
    ];
    expect([called(first), called(second), called(third)]).toEqual(["Bash", "Write", null]);
    expect(first.text).toContain('"stop_reason":"tool_use"');
    expect(spoken(third)).toBe("Done.");
  });

  it("answers as one body when not asked to stream, and counts tokens", async () => {
    const got = await claude([user("model: say Whole.")], { stream: false });
    expect(JSON.parse(got.text)).toMatchObject({
      content: [{ type: "text", text: "Whole." }],
      stop_reason: "end_turn",
    });
    const counted = await post("/v1/messages/count_tokens", { messages: [user("x".repeat(400))] });
    expect(JSON.parse(counted.text).input_tokens).toBeGreaterThan(100);
  });

  it("fails so many times, with status, type and retry-after, then answers", async () => {
    const prompt = [user("model: fail 529 2 retry-after=1 ;; say Well.")];
    const got = [await claude(prompt), await claude(prompt), await claude(prompt)];
    expect(got.map(({ status }) => status)).toEqual([529, 529, 200]);
    expect(got[0]?.headers.get("retry-after")).toBe("1");
    expect(got[0]?.text).toContain("overloaded_error");
  });

  it("tells a usage limit in the headers that carry its reset", async () => {
    const got = await claude([user("model: limit 7200")]);
    expect(got.status).toBe(429);
    expect(got.headers.get("anthropic-ratelimit-unified-status")).toBe("rejected");
    const reset = Number(got.headers.get("anthropic-ratelimit-unified-reset"));
    expect(reset - Date.now() / 1000).toBeGreaterThan(7_190);
  });

  it("says that a prompt is too long", async () => {
    const got = await claude([user("model: full")]);
    expect([got.status, got.text]).toEqual([400, expect.stringContaining("prompt is too long")]);
  });

  it("answers titles and summaries without touching the script", async () => {
    const title = await claude([user("model: run ls\nWrite a title for this")], { tools: [] });
    expect(spoken(title)).toContain("title");
    const text = "Your task is to create a detailed summary of the conversation so far.";
    const summary = await claude([user("model: run ls"), user(text)]);
    expect([called(summary), spoken(summary)]).toEqual([
      null,
      expect.stringContaining("<summary>"),
    ]);
  });

  it("takes from the playbook what a prompt without a script asks for", async () => {
    expect(spoken(await claude([user("Task 12: the parser")]))).toBe("I take task 12.");
    expect(spoken(await claude([user("Good morning")]))).toBe("Understood.");
  });
});

describe("OpenAI Responses", () => {
  it("streams a text with usage, from created to completed", async () => {
    const got = await codex([says("model: tokens 99 ;; say Hello.")]);
    expect(types(got)).toEqual([
      ...["response.created", "response.output_item.added", "response.output_text.delta"],
      ...["response.output_item.done", "response.completed"],
    ]);
    expect(spoken(got)).toBe("Hello.");
    expect(got.text).toContain('"input_tokens":99');
  });

  it("runs, writes by here-document or patch, and asks to leave the sandbox", async () => {
    const prompt = says("model: run ls ;; write a.md # A ;; ask git commit");
    const call = { type: "function_call", name: "exec_command", call_id: "c", arguments: "{}" };
    const context = says("<environment_context>here</environment_context>");
    const run = await codex([prompt, context]);
    expect(run.text).toContain(String.raw`\"cmd\":\"ls\"`);
    const written = await codex([prompt, call]);
    expect(written.text).toContain("END_OF_FILE");
    const patched = await codex([prompt, call], {
      tools: [...exec, { type: "custom", name: "apply_patch" }],
    });
    expect(patched.text).toContain("*** Add File: a.md");
    expect((await codex([prompt, call, call])).text).toContain("require_escalated");
  });

  it("tells a usage limit as Codex reads it, and a full context in the stream", async () => {
    const limit = await codex([says("model: limit 60")]);
    expect(limit.status).toBe(429);
    expect(JSON.parse(limit.text).error).toMatchObject({
      type: "usage_limit_reached",
      resets_in_seconds: 60,
    });
    expect(limit.headers.get("x-codex-primary-used-percent")).toBe("100");
    const full = await codex([says("model: full")]);
    expect([full.status, types(full)]).toEqual([200, ["response.failed"]]);
    expect(full.text).toContain("context_length_exceeded");
  });

  it("says overloaded and unauthorised in its own words", async () => {
    const overloaded = await codex([says("model: fail 529")]);
    expect([overloaded.status, overloaded.text]).toEqual([
      503,
      expect.stringContaining("server_is_overloaded"),
    ]);
    expect((await codex([says("model: fail 401")])).text).toContain("invalid_api_key");
  });
});

describe("the timeline", () => {
  it("tells when a request began, was answered and asked for a tool", async () => {
    await claude([user("model: think 30 ;; say I look. ;; run ls")], {});
    const { entries } = model.timeline;
    expect(entries.map(({ moment }) => moment)).toEqual(["asked", "first", "tool", "done"]);
    const [asked, first] = entries;
    expect((first?.mono ?? 0) - (asked?.mono ?? 0)).toBeGreaterThanOrEqual(25);
    expect(entries.at(-1)?.detail).toBe("tool");
  });

  it("tells a dropped answer, and who left before the end", async () => {
    const signal = AbortSignal.timeout(10_000);
    await expect(claude([user("model: drop 1 ;; say Back.")])).rejects.toThrow();
    expect((await model.timeline.until(({ moment }) => moment === "dropped", signal)).api).toBe(
      "anthropic",
    );
    const from = model.timeline.entries.length;
    const leaving = new AbortController();
    const body = JSON.stringify({ stream: true, tools: bash, messages: [user("model: hang")] });
    const hung = fetch(`${model.url}/v1/messages`, {
      method: "POST",
      body,
      signal: leaving.signal,
    });
    await model.timeline.until(({ moment }) => moment === "hung", signal, from);
    leaving.abort();
    await expect(hung).rejects.toThrow();
    expect(
      (await model.timeline.until(({ moment }) => moment === "left", signal, from)).request,
    ).toBe(1);
  });

  it("keeps sessions apart: each has its own faults", async () => {
    const as = (session: string): Promise<Got> =>
      post(
        "/v1/messages",
        { stream: true, tools: bash, messages: [user("model: fail 500 1 ;; say Well.")] },
        { "x-claude-code-session-id": session },
      );
    const got = [await as("a"), await as("b"), await as("a"), await as("b")];
    expect(got.map(({ status }) => status)).toEqual([500, 500, 200, 200]);
    expect(model.timeline.entries.map(({ session }) => session)).toContain("b");
  });
});
