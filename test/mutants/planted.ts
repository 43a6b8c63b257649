// All planted bugs. `npm run mutants` applies each to a copy and expects a red test.
import { guards } from "./guards.ts";
import { landing } from "./landing.ts";
import type { Mutant } from "./mutant.ts";
import { people } from "./people.ts";
import { typing } from "./typing.ts";

export const planted: readonly Mutant[] = [...typing, ...landing, ...people, ...guards];
