// How the chats do, for `status`: what waits for each, what it says, what it was given up for.
import { rfc3339 } from "../../lib/time.ts";
import type { Report } from "../chat-port.ts";
import type { Counter } from "../command.ts";

/** A chat that keeps up is nothing to tell. */
const lags = 5_000;

export function chatRows(c: Counter): Record<string, unknown>[] {
  const letters = [...c.state().letters.values()];
  const names = new Set([...c.chats().map((r) => r.chat), ...letters.map((l) => l.chat)]);
  return [...names].map((chat) => {
    const report = c.chats().find((r) => r.chat === chat);
    const given = letters.filter((l) => l.chat === chat);
    const newest = given.at(-1);
    return {
      ...{ chat, waiting: report?.waiting ?? 0, trouble: report?.trouble ?? null },
      away: awayRow(report),
      since: report == null || report.since === null ? null : rfc3339(report.since),
      given_up: given.length,
      newest:
        newest === undefined
          ? null
          : {
              ...{ id: newest.letter, room: newest.room, key: newest.key },
              ...{ code: newest.code, say: newest.say, ts: rfc3339(newest.at) },
            },
    };
  });
}

export function chatLines(c: Counter): string[] {
  const behind = c
    .chats()
    .flatMap((r) => [
      ...(r.away == null
        ? []
        : [`${r.chat} is away since ${rfc3339(r.away.since)}: ${r.away.why}`]),
      ...(r.since !== null && c.now() - r.since > lags ? [waitingLine(r)] : []),
    ]);
  const letters = [...c.state().letters.values()];
  const newest = letters.at(-1);
  if (newest === undefined) return behind;
  const count = letters.length === 1 ? "1 post was" : `${letters.length} posts were`;
  return [
    ...behind,
    `${count} given up; the newest, for ${newest.room} in ${newest.chat}: ${newest.say}. \`batty send-again ${newest.letter}\``,
  ];
}

const awayRow = (report: Report | undefined): Record<string, unknown> | null =>
  report?.away == null ? null : { ...report.away, since: rfc3339(report.away.since) };

const waitingLine = ({ chat, waiting, trouble }: Report): string =>
  `${waiting} posts wait for ${chat}${trouble === null ? "" : `: ${trouble.say}`}`;
