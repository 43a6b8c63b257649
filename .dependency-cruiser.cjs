// What may know what:
//   lib ← core ← {commands, daemon, world, chat} ← {setup, demo} ← {main, cli}
// Siblings never see each other, and each package that could be replaced one day has one home.

const npm = (...names) => `(^|node_modules/)(${names.join("|")})(/|$)`;

const only = (name, comment, from, to) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { pathNot: to },
});

const never = (name, comment, from, to) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: to },
});

/** A package, or several, that only the files under `homes` may import. */
const home = (packages, homes) => ({
  name: `home-of-${packages[0]}`,
  comment: "An upgrade or a removal of this package must touch one place only.",
  severity: "error",
  from: { path: "^(src|commands)/", pathNot: homes },
  to: { path: npm(...packages) },
});

const CONFIG = "^src/config(/|[^/]*\\.ts$)";
const SPAWNER = "^src/world/spawner/";
const SCRIPT_AGENT = "^src/world/agents/script/";
const OUTER = "^src/(setup|demo|main|cli|config)(/|\\.ts$|[^/]*\\.ts$)";

module.exports = {
  forbidden: [
    only("lib-alone", "lib is pure and imports nothing.", "^src/lib/", "^src/lib/"),
    only("core-pure", "The core imports lib and zod.", "^src/core/", [
      "^src/(core|lib)/",
      npm("zod"),
    ]),
    only("commands-pure", "A command must not know that a chat or a daemon exists.", "^commands/", [
      "^commands/",
      "^src/(core|lib)/",
      npm("zod"),
    ]),
    never("daemon-siblings", "main introduces them.", "^src/daemon/", [
      "^(src/(world|chat)|commands)/",
      OUTER,
    ]),
    never("world-siblings", "main introduces them.", "^src/world/", [
      "^(src/(daemon|chat)|commands)/",
      OUTER,
    ]),
    never("chat-siblings", "main introduces them.", "^src/chat/", [
      "^(src/(daemon|world)|commands)/",
      OUTER,
    ]),
    {
      name: "platform-siblings",
      comment: "A platform can be taken out alone.",
      severity: "error",
      from: { path: "^src/chat/(discord|telegram|local)/" },
      to: { path: "^src/chat/(discord|telegram|local)/", pathNot: "^src/chat/$1/" },
    },
    only("config-low", "The configuration is read before anything runs.", CONFIG, [
      CONFIG,
      "^src/(core|lib)/",
      npm("zod", "yaml", "croner"),
      "^(node:)?(fs|fs/promises|path|os)$",
    ]),
    never("setup-below", "setup runs without the executables.", "^src/setup/", [
      "^src/(demo|main|cli)(/|[^/]*\\.ts$)",
    ]),
    never("demo-below", "demo is played by the executables.", "^src/demo/", [
      "^src/(setup|main|cli)(/|[^/]*\\.ts$)",
    ]),
    {
      name: "demo-by-its-verb",
      comment: "Nothing but the shell's verb knows of the demo.",
      severity: "error",
      from: { path: "^(src|commands)/", pathNot: "^src/(demo/|cli(/|[^/]*\\.ts$))" },
      to: { path: "^src/demo/" },
    },
    {
      name: "programs-alone",
      comment: "An entry point is started, never imported.",
      severity: "error",
      from: {},
      to: {
        path: "^src/(main|cli|world/spawner/spawner|world/agents/script/main)\\.ts$",
      },
    },
    never("spawner-small", "The process that starts all others stays small.", SPAWNER, [
      "^src/world/(?!spawner/|processes\\.ts$|proc\\.ts$)",
    ]),
    never("script-agent-alone", "An agent is a program of its own.", SCRIPT_AGENT, [
      "^src/world/(?!agents/script/)",
    ]),
    home(["yaml"], [CONFIG, "^src/world/board", "^src/setup/", SCRIPT_AGENT]),
    home(["zod"], ["^src/core/", "^commands/", CONFIG, "^src/chat/[^/]+/options\\.ts$"]),
    home(["pino"], ["^src/main\\.ts$"]),
    home(["croner"], ["^src/daemon/calendar\\.ts$", "^src/config/words\\.ts$"]),
    home(["execa", "simple-git"], [SPAWNER]),
    home(["better-sqlite3"], ["^src/world/telemetry\\.ts$"]),
    home(["get-east-asian-width"], ["^src/chat/local/"]),
    home(["discord\\.js", "@discordjs"], ["^src/chat/discord/"]),
    home(["grammy", "@grammyjs"], ["^src/chat/telegram/"]),
    never("src-without-test", "What ships does not know its tests.", "^(src|commands)/", [
      "^(test|bench|scripts)/",
    ]),
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "Neither a typing error nor a package that is not installed.",
      severity: "error",
      from: {},
      // An optional package may be missing.
      to: { couldNotResolve: true, pathNot: npm("better-sqlite3") },
    },
    {
      name: "no-dev-dependency-ships",
      severity: "error",
      from: { path: "^(src|commands)/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["type-only"],
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|coverage)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
    cache: { folder: ".cache/depcruise", strategy: "content" },
  },
};
