// The team file's form for editors: made of the same source as our own checks, so that both know the same keys.
import * as z from "zod";
import { teamSchema } from "./schema.ts";

/** Draft 7 is what editors' YAML support reads. */
export const teamJsonSchema = (): object => ({
  ...z.toJSONSchema(teamSchema, { io: "input", target: "draft-7" }),
  title: "Batty team",
});
