// Times in texts: RFC 3339 in and out. Pure: the clock is whoever calls.

/** Milliseconds since the epoch, or null when the text is no RFC 3339 time. */
export function parseTime(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text))
    return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** `2026-01-05 08:30 UTC`: readers of one chat sit in several time zones. */
export const clockOf = (at: number): string => `${rfc3339(at).slice(0, 16).replace("T", " ")} UTC`;

/** UTC with milliseconds, as every file of ours has it. */
export const rfc3339 = (at: number): string => new Date(at).toISOString();
