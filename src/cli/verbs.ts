// The verbs that the shell does itself, each loaded only when it is called.
import type { OwnVerb } from "./call.ts";
import type { OwnName } from "./own-verbs.ts";

const loaders: Readonly<Record<OwnName, () => Promise<OwnVerb>>> = {
  attach: async () => (await import("./attach.ts")).attach,
  chat: async () => (await import("./chat.ts")).chat,
  config: async () => (await import("./setup.ts")).config,
  daemon: async () => (await import("./daemon.ts")).daemon,
  demo: async () => (await import("./demo.ts")).demo,
  discord: async () => (await import("./discord.ts")).discord,
  doctor: async () => (await import("./doctor.ts")).doctor,
  init: async () => (await import("./setup.ts")).init,
  prompt: async () => (await import("./setup.ts")).prompt,
  restart: async () => (await import("./start.ts")).restart,
  start: async () => (await import("./start.ts")).start,
  stop: async () => (await import("./stop.ts")).stop,
  validate: async () => (await import("./setup.ts")).validate,
};

/** Null: the verb is none of the shell's own. */
export const ownVerb = async (verb: string): Promise<OwnVerb | null> =>
  Object.hasOwn(loaders, verb) ? loaders[verb as OwnName]() : null;
