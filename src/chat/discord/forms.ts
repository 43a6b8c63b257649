// A post in the fullest form that is allowed: with its card and files, without what may not be brought along. What was
// left out is known from what went through, since Discord does not say which permission it misses.
import type { Failure } from "../../core/words.ts";
import { type Feature, type Features, isOfPermission } from "./features.ts";
import { type Upload, withoutCards, withoutFiles } from "./uploads.ts";

type Part = Extract<Feature, "files" | "cards">;

const less: Readonly<Record<Part, (upload: Upload) => Upload>> = {
  files: withoutFiles,
  cards: withoutCards,
};

/** @throws Failure as `send` does for the least form */
export async function inSomeForm<T>(
  features: Pick<Features, "isOff" | "denied" | "worked">,
  channel: string,
  upload: Upload,
  send: (upload: Upload) => Promise<T>,
): Promise<T> {
  const parts = partsOf(upload);
  let refusal: Failure | null = null;
  for (const left of [[], ...parts.map((part) => [part]), ...(parts.length > 1 ? [parts] : [])]) {
    const isLeast = left.length === parts.length;
    const isKept = (part: Part): boolean => !left.includes(part);
    if (!isLeast && parts.some((part) => isKept(part) && features.isOff(part, channel))) continue;
    try {
      const result = await send(left.reduce((form, part) => less[part](form), upload));
      for (const part of parts)
        if (isKept(part)) features.worked(part);
        else if (refusal !== null) features.denied(part, channel, refusal);
      return result;
    } catch (error) {
      if (isLeast || !isOfPermission(error)) throw error;
      refusal = error;
    }
  }
  throw refusal ?? new Error("a post has no form"); // the least form returns or throws
}

const partsOf = ({ body, files }: Upload): readonly Part[] => [
  ...(files.length > 0 ? (["files"] as const) : []),
  ...(body.embeds.length > 0 ? (["cards"] as const) : []),
];
