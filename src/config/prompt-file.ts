// The composed prompt of a seat, from its file beside team.yaml or, where the team has none, from the built-in one.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { composePrompt } from "../core/prompt.ts";
import type { Team } from "../core/team.ts";
import type { Member } from "../core/words.ts";
import { ConfigInvalid } from "./invalid.ts";

export interface PromptPlaces {
  /** `.batty/team_config`. */
  readonly teamConfig: string;
  /** The folder `templates` that comes with the program. */
  readonly templates: string;
}

/** @throws ConfigInvalid when the file is missing or has a hole that nothing fills */
export async function loadPrompt(
  member: Member,
  team: Team,
  places: PromptPlaces,
  signal: AbortSignal,
): Promise<string> {
  const prompt = team.seats[member.name]?.prompt ?? { file: `${member.roleType}.md`, named: false };
  const own = await readIfThere(join(places.teamConfig, prompt.file), signal);
  const file = `.batty/team_config/${prompt.file}`;
  if (own === null && prompt.named)
    throw new ConfigInvalid([
      {
        file,
        line: null,
        key: "",
        say: "the prompt file is missing",
        hint: "Write it, or remove its key from team.yaml.",
      },
    ]);
  const template = own ?? (await readFile(builtIn(places, member), { encoding: "utf8", signal }));
  const composed = composePrompt(template, member, team);
  if (composed.ok) return composed.text;
  throw new ConfigInvalid([
    { file, line: composed.line, key: "", say: composed.say, hint: composed.hint },
  ]);
}

const builtIn = (places: PromptPlaces, member: Member): string =>
  join(places.templates, "prompts", `${member.roleType}.md`);

async function readIfThere(path: string, signal: AbortSignal): Promise<string | null> {
  try {
    return await readFile(path, { encoding: "utf8", signal });
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw error;
  }
}
