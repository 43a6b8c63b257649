// Anthropic Messages, as Claude Code asks for it: streaming, tool_use, usage, and the errors it reads.
// shapes: https://docs.claude.com/en/api/messages-streaming, /en/api/errors; the usage limit's headers as 2.1.329 reads them
import type { IncomingHttpHeaders } from "node:http";
import type { Ask, Turn } from "./ask.ts";
import type { Fault, Tool } from "./script.ts";
import { heredoc, list, type Refusal, sse, tree, type Wire, type Writing, word } from "./wire.ts";

export const anthropic: Wire = { api: "anthropic", read, write, refuse };

function read(body: unknown, headers: IncomingHttpHeaders, size: number): Ask {
  const ask = tree(body);
  const tools = list(ask["tools"]).flatMap((tool) => word(tree(tool)["name"]) ?? []);
  return {
    session: word(headers["x-claude-code-session-id"]),
    model: word(ask["model"]) ?? "model",
    stream: ask["stream"] === true,
    tools: new Map(tools.map((name) => [name, "function"])),
    turns: list(ask["messages"]).flatMap(turnOf),
    size,
  };
}

function turnOf(message: unknown): readonly Turn[] {
  const { role, content } = tree(message);
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : list(content);
  const of = (type: string): readonly Readonly<Record<string, unknown>>[] =>
    blocks.map(tree).filter((block) => block["type"] === type);
  if (role === "assistant") return [{ by: "agent", tools: of("tool_use").length }];
  if (role !== "user") return []; // Claude Code puts notes of the system's between the turns
  const text = of("text").map((block) => word(block["text"]) ?? "");
  return [{ by: "user", text: text.join("\n") }];
}

function inputOf(
  tool: Tool,
  tools: Ask["tools"],
): { readonly name: string; readonly input: object } {
  switch (tool.kind) {
    case "run":
      return {
        name: "Bash",
        input: { command: tool.command, description: "A step of the script" },
      };
    case "write":
      return tools.has("Write")
        ? { name: "Write", input: { file_path: tool.path, content: tool.text } }
        : { name: "Bash", input: { command: heredoc(tool.path, tool.text) } };
    case "question": {
      const options = tool.options.map((label) => ({ label, description: `Choose ${label}` }));
      const question = { question: tool.text, header: "Question", options, multiSelect: false };
      return { name: "AskUserQuestion", input: { questions: [question] } };
    }
    case "plan":
      return { name: "ExitPlanMode", input: { plan: tool.text } };
  }
}

interface Block {
  readonly type: "text" | "tool_use";
  readonly id?: string;
  readonly name?: string;
  readonly input?: object;
  text?: string;
}

function write(
  ask: Ask,
  { id, tokens }: { readonly id: string; readonly tokens: number },
): Writing {
  const blocks: Block[] = [];
  let open = false;
  let asksTool = false;
  const usage = (output: number): object => ({
    input_tokens: tokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
  });
  const message = { id: `msg_${id}`, type: "message", role: "assistant", model: ask.model };
  const stop = (): string => (asksTool ? "tool_use" : "end_turn");
  const output = (): number => Math.ceil(JSON.stringify(blocks).length / 4);
  const endBlock = (): string => {
    if (!open) return "";
    open = false;
    return sse("content_block_stop", { index: blocks.length - 1 });
  };
  const begin = (block: Block, shown: object): string => {
    const ended = endBlock();
    blocks.push(block);
    open = true;
    return ended + sse("content_block_start", { index: blocks.length - 1, content_block: shown });
  };
  const delta = (piece: object): string =>
    sse("content_block_delta", { index: blocks.length - 1, delta: piece });
  return {
    open: () =>
      sse("message_start", {
        message: {
          ...message,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: usage(1),
        },
      }) + sse("ping", {}),
    text(piece) {
      const last = open ? blocks.at(-1) : undefined;
      const begun =
        last?.type === "text" ? "" : begin({ type: "text", text: "" }, { type: "text", text: "" });
      const block = blocks.at(-1) as Block;
      block.text += piece;
      return begun + delta({ type: "text_delta", text: piece });
    },
    tool(tool) {
      asksTool = true;
      const { name, input } = inputOf(tool, ask.tools);
      const block = { type: "tool_use" as const, id: `toolu_${id}`, name, input };
      const begun = begin(block, { ...block, input: {} });
      return begun + delta({ type: "input_json_delta", partial_json: JSON.stringify(input) });
    },
    close: () =>
      endBlock() +
      sse("message_delta", {
        delta: { stop_reason: stop(), stop_sequence: null },
        usage: usage(output()),
      }) +
      sse("message_stop", {}),
    whole: () => ({
      ...message,
      content: blocks,
      stop_reason: stop(),
      stop_sequence: null,
      usage: usage(output()),
    }),
  };
}

const errorTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};

function refuse(fault: Exclude<Fault, { kind: "drop" | "hang" }>, now: number): Refusal {
  const error = (status: number, message: string, headers: Refusal["headers"] = {}): Refusal => ({
    status,
    headers,
    body: { type: "error", error: { type: errorTypes[status] ?? "api_error", message } },
  });
  switch (fault.kind) {
    case "full":
      return error(400, "prompt is too long: 214748 tokens > 200000 maximum");
    case "status": {
      const after = fault.retryAfter === null ? {} : { "retry-after": String(fault.retryAfter) };
      return error(fault.status, `scripted ${errorTypes[fault.status] ?? "error"}`, after);
    }
    case "limit": {
      const reset = String(now + fault.secs);
      return error(
        429,
        "This request would exceed your account's rate limit. Please try again later.",
        {
          "retry-after": String(fault.secs),
          "anthropic-ratelimit-unified-status": "rejected",
          "anthropic-ratelimit-unified-reset": reset,
          "anthropic-ratelimit-unified-representative-claim": "five_hour",
          "anthropic-ratelimit-unified-5h-status": "rejected",
          "anthropic-ratelimit-unified-5h-reset": reset,
          "anthropic-ratelimit-unified-5h-utilization": "1.0",
          "anthropic-ratelimit-unified-overage-status": "rejected",
          "anthropic-ratelimit-unified-overage-disabled-reason": "out_of_credits",
        },
      );
    }
  }
}
