// What dist/ was built from: a line for each source with its time and size. No dependency and no
// hashing, and CommonJS, because bin/batty asks at each start.
const { readdirSync, statSync } = require("node:fs");

const SOURCES = ["src", "commands"];
const FILES = ["package.json", "scripts/build.mjs", "scripts/fingerprint.cjs"];

/** One text for the state of all sources below `root`; equal texts mean dist/ needs no build. */
function fingerprint(root) {
  const lines = [];
  const note = (path) => {
    const stat = statSync(`${root}/${path}`, { throwIfNoEntry: false });
    if (stat !== undefined) lines.push(`${path} ${stat.mtimeMs} ${stat.size}`);
  };
  const walk = (folder) => {
    let entries = [];
    try {
      entries = readdirSync(`${root}/${folder}`, { withFileTypes: true });
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue; // an editor's own
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else note(path);
    }
  };
  SOURCES.forEach(walk);
  FILES.forEach(note);
  return `${lines.sort().join("\n")}\n`;
}

exports.fingerprint = fingerprint;
