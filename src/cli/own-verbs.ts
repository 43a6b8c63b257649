// Names of the verbs that the shell does itself. Apart from what does them: the call of a bot's verb loads this.
const ownVerbs = [
  "attach",
  "chat",
  "config",
  "daemon",
  "demo",
  "discord",
  "doctor",
  "init",
  "prompt",
  "restart",
  "start",
  "stop",
  "validate",
] as const;

export type OwnName = (typeof ownVerbs)[number];

export const isOwn = (verb: string): boolean =>
  verb === "help" || verb === "version" || ownVerbs.some((each) => each === verb);
