// Hours of the day that come back every day, on the wall clock of a time zone. Pure: the instant comes with the call.

export interface Hours {
  /** `HH:MM`; `to` before `from` reaches over midnight, equal is the whole day. */
  readonly from: string;
  readonly to: string;
  /** IANA name. */
  readonly timezone: string;
}

const day = 1_440;
const minute = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** When the hours that `at` lies in began; null: it lies outside. What the clock skips or shows twice is as the clock shows it. */
export function beganAt({ from, to, timezone }: Hours, at: number): number | null {
  const start = minutesOf(from);
  const into = (instant: number): number => wrapped(wallMinutes(instant, timezone) - start);
  const length = wrapped(minutesOf(to) - start) || day;
  const passed = into(at);
  if (passed >= length) return null;
  const guess = at - (at % minute) - passed * minute;
  // A change of the clock in between moves the guess off `from`, by an hour at most.
  const off = into(guess);
  return off === 0 ? guess : guess - (off > day / 2 ? off - day : off) * minute;
}

const wallMinutes = (at: number, timezone: string): number => minutesOf(wallClock(at, timezone));

/** `08:30`, as a clock on the wall there shows it. */
export const wallClock = (at: number, timezone: string): string =>
  formatOf(timezone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);

/** When the day that `at` lies in began there. */
export const dayBegan = (at: number, timezone: string): number =>
  beganAt({ from: "00:00", to: "00:00", timezone }, at) ?? at;

/** `2026-01-05`, as a calendar on the wall there shows it. */
export const dateOf = (at: number, timezone: string): string =>
  formatOf(timezone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(at);

/** Making one takes longer than a thousand uses of it. */
function formatOf(timezone: string, shape: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timezone} ${Object.keys(shape).join()}`;
  const format =
    formats.get(key) ?? new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, ...shape });
  formats.set(key, format);
  return format;
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}

const wrapped = (minutes: number): number => ((minutes % day) + day) % day;
