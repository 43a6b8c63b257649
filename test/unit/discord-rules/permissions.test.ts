import type { APIOverwrite } from "discord-api-types/v10";
import {
  RESTJSONErrorCodes as Code,
  OverwriteType,
  PermissionFlagsBits as P,
} from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { PermissionName } from "../../fakes/discord/rules/permissions.ts";
import {
  blindReply,
  forbidden,
  lacking,
  permissionsIn,
} from "../../fakes/discord/rules/permissions.ts";
import { said } from "./said.ts";

const GUILD = "100";
const ROLE = "200";
const OTHER_ROLE = "201";
const BOT = { id: "300", roles: [ROLE, OTHER_ROLE] };

const guild = (everyone: bigint, role = 0n) => ({
  id: GUILD,
  owner_id: "1",
  roles: [
    { id: GUILD, permissions: String(everyone) },
    { id: ROLE, permissions: String(role) },
    { id: OTHER_ROLE, permissions: "0" },
    { id: "299", permissions: String(P.Administrator) },
  ],
});
const on = (id: string, part: { allow?: bigint; deny?: bigint }): APIOverwrite => ({
  id,
  type: id === BOT.id ? OverwriteType.Member : OverwriteType.Role,
  allow: String(part.allow ?? 0n),
  deny: String(part.deny ?? 0n),
});
const SEEN = P.ViewChannel;
const may = (bits: bigint, bit: bigint) => (bits & bit) === bit;

test("everyone's and one's own roles add up, another's do not", () => {
  const bits = permissionsIn(BOT, guild(SEEN, P.SendMessages));
  expect(bits).toBe(SEEN | P.SendMessages);
});

test("an owner and an administrator may everything, whatever a channel denies", () => {
  const denied = { permission_overwrites: [on(GUILD, { deny: SEEN })] };
  for (const bits of [
    permissionsIn({ id: "1", roles: [] }, guild(0n), denied),
    permissionsIn(BOT, guild(0n, P.Administrator), denied),
  ]) {
    expect(may(bits, P.ManageChannels | SEEN)).toBe(true);
  }
});

test("a channel's overwrites count in order: everyone, roles together, the member", () => {
  const chain = (...permission_overwrites: APIOverwrite[]) =>
    may(
      permissionsIn(BOT, guild(SEEN | P.SendMessages), { permission_overwrites }),
      P.SendMessages,
    );
  const deny = { deny: P.SendMessages };
  const allow = { allow: P.SendMessages };
  expect(chain(on(GUILD, deny))).toBe(false);
  expect(chain(on(ROLE, allow), on(GUILD, deny))).toBe(true);
  expect(chain(on(ROLE, deny), on(OTHER_ROLE, allow))).toBe(true);
  expect(chain(on(ROLE, allow), on(BOT.id, deny))).toBe(false);
  expect(chain(on("299", allow), on(GUILD, deny))).toBe(false);
});

test("who cannot see can nothing", () => {
  const hidden = { permission_overwrites: [on(GUILD, { deny: SEEN })] };
  expect(permissionsIn(BOT, guild(SEEN | P.SendMessages), hidden)).toBe(0n);
});

test("who cannot send cannot attach; in a thread another bit says who can", () => {
  const all = SEEN | P.SendMessages | P.AttachFiles | P.EmbedLinks;
  const quiet = { permission_overwrites: [on(GUILD, { deny: P.SendMessages })] };
  expect(permissionsIn(BOT, guild(all), quiet)).toBe(SEEN);
  expect(may(permissionsIn(BOT, guild(all), {}), P.AttachFiles)).toBe(true);
  expect(may(permissionsIn(BOT, guild(all), { thread: true }), P.AttachFiles)).toBe(false);
});

test("what is missing is told by code: unseen, unpermitted, a blind reply", () => {
  const send: PermissionName[] = ["SendMessages"];
  expect(said(forbidden(0n, send))).toEqual([`403 ${Code.MissingAccess}`]);
  expect(said(forbidden(SEEN, send))).toEqual([`403 ${Code.MissingPermissions}`]);
  expect(said(forbidden(SEEN | P.SendMessages, send))).toEqual([]);
  expect(said(forbidden(P.Administrator, send))).toEqual([]);
  expect(lacking(SEEN, ["ViewChannel", "AddReactions", "SendMessages"])).toEqual([
    "AddReactions",
    "SendMessages",
  ]);
  expect(said(blindReply(SEEN | P.SendMessages))).toEqual([
    `400 ${Code.CannotReplyWithoutPermissionToReadMessageHistory}`,
  ]);
  expect(blindReply(P.ReadMessageHistory)).toBeNull();
});
