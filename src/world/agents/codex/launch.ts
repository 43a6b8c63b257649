// How Codex is started: everything by flags, so that neither the user's own files nor the worktree hold a word of it.
// Must not know what its events or screens say.
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { Hooks, LaunchPlan, Seating } from "../../../core/agent.ts";
import { shellWord } from "../../shell-word.ts";
import { socketPath } from "../../tmux/socket.ts";
import { tellScript } from "../tell.ts";

export function launchPlan(seating: Seating): LaunchPlan {
  const flags = [
    // Its server in the background outlives the pane, and copies 400 MB of itself into the home.
    ...["--no-daemon", "--no-alt-screen"],
    // The hooks below are ours: a person would be asked to review them at each launch.
    "--dangerously-bypass-hook-trust",
    ...(seating.model === null ? [] : ["-m", seating.model]),
    ...settings(seating).flatMap((setting) => ["-c", setting]),
    ...(seating.permissions === "trusted"
      ? ["--dangerously-bypass-approvals-and-sandbox"]
      : ["-a", "on-request"]),
  ];
  const resume = seating.resume === null ? [] : ["resume", seating.resume];
  return {
    // A prompt may be longer than tmux takes on a command line: the shell brings it.
    argv: ["sh", "-c", start, seating.promptFile, ...resume, ...flags],
    program: "codex",
    env: {},
    files: { [tellFile]: tellScript(seating.hooks) },
  };
}

const tellFile = "codex-tell.sh";

/** The first line keeps the text from being valid TOML: then it is taken as it stands. */
const start = `exec codex "$@" -c "developer_instructions=Your part in a team follows.

$(cat -- "$0")"`;

function settings(seating: Seating): readonly string[] {
  const { repository, folder, hooks, permissions } = seating;
  return [
    `projects={${quoted(repository)}={trust_level="trusted"}}`,
    // An agent must not replace itself while it works.
    "check_for_update_on_startup=false",
    // A login shell begins with the path of the machine: `batty` is not on it.
    "allow_login_shell=false",
    // At a limit it would ask whether to take a smaller model, and the next Enter would say yes.
    "notice.hide_rate_limit_model_nudge=true",
    ...(permissions === "ask" ? sandbox(seating) : []),
    ...hookSettings(hooks, join(folder, tellFile)),
  ];
}

/** What is told while no bot runs, too: a turn's beginning and end. */
const filed = [
  ...["SessionStart", "UserPromptSubmit", "Stop", "Interrupt", "SessionEnd"],
  "PreCompact",
] as const;

/** Codex cuts Interrupt and SessionEnd to as much, s. */
const filedWithin = 3;

/** @param tell path of the script that posts an event: Codex knows no hook by HTTP */
function hookSettings(hooks: Hooks, tell: string): readonly string[] {
  const hook = (event: string, command: string, timeout: number): string =>
    `hooks.${event}=[{hooks=[{type="command",command=${quoted(command)},timeout=${timeout}}]}]`;
  return [
    ...filed.map((event) => hook(event, hooks.fileCommand, filedWithin)),
    // In its sandbox most of what it does is not asked for; what never goes is refused here.
    ...["PreToolUse", "PostToolUse"].map((event) =>
      hook(event, `bash ${shellWord(tell)} || :`, filedWithin),
    ),
    hook("PermissionRequest", hooks.permissionCommand, hooks.permissionSeconds),
  ];
}

/**
 * Work in the worktree and commits on its branch go without a question; the network and everything else are asked for.
 * \`batty\` reaches the bot by a unix socket, so those are open, but those that lead out of the sandbox.
 */
function sandbox({ worktree }: Seating): readonly string[] {
  const temporary = [...new Set(["/tmp", tmpdir()])];
  const git = gitFolder(worktree);
  const rules = [
    ...temporary.flatMap(leavesNoTrace),
    ...(git === null ? [] : gitRules(git)),
    ...waysOut().map((path) => rule(path, "deny")),
  ];
  // A test's own server may be reached: the sandbox has a loopback of its own.
  const network =
    "network={enabled=true,allow_local_binding=true,dangerously_allow_all_unix_sockets=true}";
  return [
    'default_permissions="batty"',
    `permissions.batty={extends=":workspace",filesystem={${rules.join(",")}},${network}}`,
    "features.network_proxy=true",
  ];
}

const rule = (path: string, access: "read" | "write" | "deny"): string =>
  `${quoted(path)}=${quoted(access)}`;

/** Sockets of programs that start others. */
const waysOut = (): readonly string[] =>
  [resolve(socketPath("any", process.env), ".."), "/run/docker.sock"].filter(existsSync);

/**
 * What a commit writes, and nothing that git runs or is led by. A worktree's own folder in the repository has to be
 * named itself: Codex protects it by name.
 */
function gitRules(own: string): readonly string[] {
  const common = resolve(own, "../..");
  const write = [`${common}/objects`, `${common}/refs`, `${common}/logs`, own].filter(existsSync);
  const read = ["commondir", "gitdir", "config.worktree"].map((name) => `${own}/${name}`);
  return [
    ...write.flatMap((path) => [rule(path, "write"), ...leavesNoTrace(path)]),
    ...read.filter(existsSync).map((path) => rule(path, "read")),
  ];
}

/** Codex guards these in each folder that may be written, and leaves them behind, empty: `/tmp/.git` confuses others. */
const leavesNoTrace = (folder: string): readonly string[] =>
  [".git", ".codex", ".agents", ".aws"].map((name) => rule(`${folder}/${name}`, "write"));

/** Null: it is no worktree; then a commit is asked for like anything else. */
function gitFolder(worktree: string): string | null {
  try {
    const pointer = /^gitdir: (.+)$/m.exec(readFileSync(`${worktree}/.git`, "utf8"))?.[1];
    if (pointer === undefined) return null;
    return isAbsolute(pointer) ? pointer : resolve(worktree, pointer);
  } catch {
    return null; // whatever it is, Codex's own rules hold there
  }
}

/** A TOML basic string is written as JSON's. */
const quoted = (text: string): string => JSON.stringify(text);
