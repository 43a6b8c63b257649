// Whether a path is meant by a pattern of a team file. Pure; knows no file system.

/**
 * `*` and `?` stand for what is within one name, `**` for any number of folders. Without a slash (but a last one) a
 * pattern is meant at any depth; a leading slash ties it to the top. A folder's name stands for all that is in it.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const steps = pattern.replace(/\/+$/, "").split("/");
  const anchored = steps.length > 1;
  if (anchored && steps[0] === "") steps.shift();
  const whole = anchored ? steps : ["**", ...steps];
  const last = whole.at(-1) ?? "";
  const names = path.split("/");
  if (!pattern.endsWith("/") && matches(whole, names)) return true;
  return (pattern.endsWith("/") || !/[*?]/.test(last)) && matches([...whole, "*", "**"], names);
}

function matches(steps: readonly string[], names: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return names.length === 0;
  if (step === "**") {
    for (let n = 0; n <= names.length; n += 1) if (matches(rest, names.slice(n))) return true;
    return false;
  }
  const [name, ...others] = names;
  return name !== undefined && isNamed(step, name) && matches(rest, others);
}

function isNamed(step: string, name: string): boolean {
  const parts = step.split(/(\*+|\?)/).map((part) => {
    if (part.startsWith("*")) return ".*";
    return part === "?" ? "." : part.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`, "su").test(name);
}
