// What the schemas of events are made of.
import * as z from "zod";

export const task = z.number().int().positive();
export const member = z.string();
export const oid = z.string();
export const id = z.string();
export const lines = z.array(z.string());

export const on = <N extends string, S extends z.ZodRawShape>(event: N, shape: S) =>
  z.object({ event: z.literal(event), ...shape });
