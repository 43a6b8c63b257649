// This version, from package.json at build time, and what its core makes of a journal.
import manifest from "../../package.json" with { type: "json" };

declare const BATTY_CORE_HASH: string | undefined;

export const version: string = manifest.version;

/** Hash of all sources that turn events into a state: a checkpoint of other sources is not used. */
export const coreHash: string = typeof BATTY_CORE_HASH === "string" ? BATTY_CORE_HASH : "unbuilt";
