// OpenAI Responses, as Codex asks for it: streaming, function and custom tool calls, usage, and the errors it reads.
// shapes: https://platform.openai.com/docs/api-reference/responses-streaming; the usage limit's body and headers as 0.169.0 reads them
import type { IncomingHttpHeaders } from "node:http";
import type { Ask, Turn } from "./ask.ts";
import type { Fault, Tool } from "./script.ts";
import { heredoc, list, type Refusal, sse, tree, type Wire, type Writing, word } from "./wire.ts";

export const openai: Wire = { api: "openai", read, write, refuse };

function read(body: unknown, headers: IncomingHttpHeaders, size: number): Ask {
  const ask = tree(body);
  const tools = list(ask["tools"]).map(tree);
  const input = ask["input"];
  const items = typeof input === "string" ? [{ role: "user", content: input }] : list(input);
  return {
    session:
      word(headers["session_id"]) ?? word(headers["session-id"]) ?? word(ask["prompt_cache_key"]),
    model: word(ask["model"]) ?? "model",
    stream: ask["stream"] === true,
    tools: new Map(
      tools.map((tool) => [
        word(tool["name"]) ?? word(tool["type"]) ?? "",
        tool["type"] === "custom" ? "custom" : "function",
      ]),
    ),
    turns: items.flatMap(turnOf),
    size,
  };
}

function turnOf(item: unknown): readonly Turn[] {
  const { type, role, content } = tree(item);
  if (type === "function_call" || type === "custom_tool_call") return [{ by: "agent", tools: 1 }];
  if (role !== "user") return [];
  if (typeof content === "string") return [{ by: "user", text: content }];
  const text = list(content)
    .map((part) => word(tree(part)["text"]) ?? "")
    .join("\n");
  return isContext(text) ? [] : [{ by: "user", text }];
}

/** What Codex itself puts among the user's texts. */
function isContext(text: string): boolean {
  return /^\s*(<(environment_context|user_instructions|turn_aborted|permissions)|# AGENTS\.md)/.test(
    text,
  );
}

type Item = Readonly<Record<string, unknown>> & { readonly id: string };

function callOf(tool: Tool, tools: Ask["tools"], id: string): Item {
  const call = (name: string, input: object): Item => ({
    id: `fc_${id}`,
    type: "function_call",
    status: "completed",
    call_id: `call_${id}`,
    name,
    arguments: JSON.stringify(input),
  });
  const run = (command: string, more: object = {}): Item =>
    tools.has("shell")
      ? call("shell", { command: ["bash", "-lc", command], ...more })
      : call(tools.has("shell_command") ? "shell_command" : "exec_command", {
          [tools.has("shell_command") ? "command" : "cmd"]: command,
          ...more,
        });
  switch (tool.kind) {
    case "run":
      return run(
        tool.command,
        tool.unsandboxed
          ? { sandbox_permissions: "require_escalated", justification: "The script asks for it." }
          : { yield_time_ms: 30_000 },
      );
    case "write":
      return tools.get("apply_patch") === "custom"
        ? {
            id: `ctc_${id}`,
            type: "custom_tool_call",
            status: "completed",
            call_id: `call_${id}`,
            name: "apply_patch",
            input: patchOf(tool.path, tool.text),
          }
        : run(heredoc(tool.path, tool.text));
    case "question": {
      const options = tool.options.map((label) => ({ label, description: `Choose ${label}` }));
      const question = { id: "question", header: "Question", question: tool.text, options };
      return call("request_user_input", { questions: [question] });
    }
    case "plan":
      return call("update_plan", { plan: [{ step: tool.text, status: "in_progress" }] });
  }
}

function patchOf(path: string, text: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  const added = lines.map((line) => `+${line}`).join("\n");
  return `*** Begin Patch\n*** Add File: ${path}\n${added}\n*** End Patch`;
}

function write(
  ask: Ask,
  { id, tokens }: { readonly id: string; readonly tokens: number },
): Writing {
  const items: Item[] = [];
  let text: string | null = null;
  const response = (status: string): Readonly<Record<string, unknown>> => ({
    id: `resp_${id}`,
    object: "response",
    status,
    model: ask.model,
    output: status === "completed" ? items : [],
  });
  const message = (status: string, content: readonly object[]): Item => ({
    id: `msg_${id}`,
    type: "message",
    status,
    role: "assistant",
    content,
  });
  const done = (item: Item): string => {
    items.push(item);
    return sse("response.output_item.done", { output_index: items.length - 1, item });
  };
  const endText = (): string => {
    if (text === null) return "";
    const item = message("completed", [{ type: "output_text", text, annotations: [] }]);
    text = null;
    return done(item);
  };
  const completed = (): object => {
    const output = Math.ceil(JSON.stringify(items).length / 4);
    return {
      ...response("completed"),
      usage: {
        input_tokens: tokens,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: tokens + output,
      },
    };
  };
  return {
    open: () => sse("response.created", { response: response("in_progress") }),
    text(piece) {
      const added = { output_index: items.length, item: message("in_progress", []) };
      const begun = text === null ? sse("response.output_item.added", added) : "";
      text = (text ?? "") + piece;
      const at = { item_id: `msg_${id}`, output_index: items.length, content_index: 0 };
      return begun + sse("response.output_text.delta", { ...at, delta: piece });
    },
    tool(tool) {
      const ended = endText();
      const item = callOf(tool, ask.tools, id);
      return (
        ended + sse("response.output_item.added", { output_index: items.length, item }) + done(item)
      );
    },
    close: () => endText() + sse("response.completed", { response: completed() }),
    whole() {
      endText();
      return completed();
    },
  };
}

const errorTypes: Readonly<Record<number, readonly [type: string, code: string]>> = {
  401: ["invalid_request_error", "invalid_api_key"],
  429: ["requests", "rate_limit_exceeded"],
  500: ["server_error", "server_error"],
  503: ["service_unavailable_error", "server_is_overloaded"],
};

function refuse(fault: Exclude<Fault, { kind: "drop" | "hang" }>, now: number): Refusal {
  switch (fault.kind) {
    case "full": // Codex reads this one from the stream.
      return {
        status: 200,
        headers: { "content-type": "text/event-stream" },
        body: sse("response.failed", {
          response: {
            id: "resp_full",
            object: "response",
            status: "failed",
            error: {
              code: "context_length_exceeded",
              message: "Your input exceeds the context window of this model.",
            },
          },
        }),
      };
    case "status": {
      const status = fault.status === 529 ? 503 : fault.status; // the other API's "overloaded"
      const [type, code] = errorTypes[status] ?? ["server_error", "server_error"];
      const after = fault.retryAfter === null ? {} : { "retry-after": String(fault.retryAfter) };
      return {
        status,
        headers: after,
        body: { error: { message: `scripted ${code}`, type, code, param: null } },
      };
    }
    case "limit":
      return {
        status: 429,
        headers: {
          "x-codex-primary-used-percent": "100",
          "x-codex-primary-window-minutes": "300",
          "x-codex-primary-reset-at": String(now + fault.secs),
          "x-codex-secondary-used-percent": "40",
          "x-codex-secondary-window-minutes": "10080",
          "x-codex-secondary-reset-at": String(now + 300_000),
        },
        body: {
          error: {
            type: "usage_limit_reached",
            message: "The usage limit has been reached",
            plan_type: "plus",
            resets_at: now + fault.secs,
            resets_in_seconds: fault.secs,
          },
        },
      };
  }
}
