// Reads a refusal as discord.js prints it: `path[CODE]: message` lines, so that tests can name the place.
import type { Refusal } from "../../fakes/discord/rules/refusals.ts";

export function said(refusal: Refusal | null): readonly string[] {
  if (refusal === null) return [];
  const { code, errors } = refusal.body;
  return errors === undefined ? [`${refusal.status} ${code}`] : faultsOf(errors, "");
}

function faultsOf(errors: unknown, path: string): string[] {
  if (typeof errors !== "object" || errors === null) return [];
  return Object.entries(errors).flatMap(([step, inner]) =>
    step === "_errors"
      ? (inner as { code: string }[]).map(({ code }) => `${path} ${code}`)
      : faultsOf(inner, path === "" ? step : `${path}.${step}`),
  );
}
