import type { APIOverwrite } from "discord-api-types/v10";
import {
  RESTJSONErrorCodes as Code,
  OverwriteType,
  PermissionFlagsBits as P,
} from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { PermissionName, Request } from "../../fakes/discord/rules/permissions.ts";
import { forbidden, needed, permissionsIn } from "../../fakes/discord/rules/permissions.ts";
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

const of = (method: string, path: string, part: Partial<Request> = {}): Request => ({
  method,
  path,
  ...part,
});

test.each<[string, Request, PermissionName[]]>([
  ["a message", of("POST", "/channels/1/messages"), ["SendMessages"]],
  [
    "one in a thread",
    of("POST", "/channels/1/messages", { thread: true }),
    ["SendMessagesInThreads"],
  ],
  [
    "a card with a picture",
    of("POST", "/channels/1/messages", { embeds: true, files: true }),
    ["SendMessages", "EmbedLinks", "AttachFiles"],
  ],
  ["an edit", of("PATCH", "/channels/1/messages/2", { own: true }), []],
  ["one message", of("GET", "/channels/1/messages/2"), ["ReadMessageHistory"]],
  ["the last messages", of("GET", "/channels/1/messages"), []],
  ["deleting one's own", of("DELETE", "/channels/1/messages/2", { own: true }), []],
  ["deleting another's", of("DELETE", "/channels/1/messages/2"), ["ManageMessages"]],
  [
    "the first reaction of a kind",
    of("PUT", "/channels/1/messages/2/reactions/%E2%9C%85/@me", { firstOfItsKind: true }),
    ["ReadMessageHistory", "AddReactions"],
  ],
  [
    "one more of it",
    of("PUT", "/channels/1/messages/2/reactions/%E2%9C%85/@me"),
    ["ReadMessageHistory"],
  ],
  ["taking one's own back", of("DELETE", "/channels/1/messages/2/reactions/%E2%9C%85/@me"), []],
  [
    "taking another's away",
    of("DELETE", "/channels/1/messages/2/reactions/%E2%9C%85/3"),
    ["ManageMessages"],
  ],
  ["the pins", of("GET", "/channels/1/messages/pins"), ["ReadMessageHistory"]],
  ["a pin", of("PUT", "/channels/1/messages/pins/2"), ["PinMessages"]],
  ["a thread on a message", of("POST", "/channels/1/messages/2/threads"), ["CreatePublicThreads"]],
  ["a thread", of("POST", "/channels/1/threads"), ["CreatePublicThreads"]],
  [
    "a private thread",
    of("POST", "/channels/1/threads", { privateThread: true }),
    ["CreatePrivateThreads"],
  ],
  ["a topic", of("PATCH", "/channels/1"), ["ManageChannels"]],
  ["a thread of another", of("PATCH", "/channels/1", { thread: true }), ["ManageThreads"]],
  ["one's own thread", of("PATCH", "/channels/1", { thread: true, own: true }), []],
  [
    "deleting even one's own thread",
    of("DELETE", "/channels/1", { thread: true, own: true }),
    ["ManageThreads"],
  ],
  ["a channel", of("POST", "/guilds/1/channels"), ["ManageChannels"]],
  ["an overwrite", of("PUT", "/channels/1/permissions/2"), ["ManageRoles"]],
  ["a webhook", of("POST", "/channels/1/webhooks"), ["ManageWebhooks"]],
  ["who one is", of("GET", "/users/@me"), []],
])("what is needed for %s", (_, request, names) => {
  expect(needed(request)).toEqual(names);
});

test("a request is refused by code: unseen, unpermitted, a blind reply", () => {
  const send = of("POST", "/channels/1/messages");
  expect(said(forbidden(0n, send))).toEqual([`403 ${Code.MissingAccess}`]);
  expect(said(forbidden(SEEN, send))).toEqual([`403 ${Code.MissingPermissions}`]);
  expect(said(forbidden(SEEN | P.SendMessages, send))).toEqual([]);
  expect(said(forbidden(SEEN | P.SendMessages, { ...send, reply: true }))).toEqual([
    `400 ${Code.CannotReplyWithoutPermissionToReadMessageHistory}`,
  ]);
  const both = SEEN | P.SendMessages | P.ReadMessageHistory;
  expect(said(forbidden(both, { ...send, reply: true }))).toEqual([]);
  expect(said(forbidden(0n, of("POST", "/guilds/1/channels")))).toEqual([
    `403 ${Code.MissingPermissions}`,
  ]);
  expect(said(forbidden(0n, of("GET", "/channels/1")))).toEqual([`403 ${Code.MissingAccess}`]);
});
