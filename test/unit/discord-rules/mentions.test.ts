import { AllowedMentionsTypes, MessageFlags } from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { Mentioning } from "../../fakes/discord/rules/mentions.ts";
import { mentionsIn, rings } from "../../fakes/discord/rules/mentions.ts";

const ADA = "100000000000000001";
const BEA = "100000000000000002";
const ROLE = "200000000000000001";

const of = (content: string, part: Partial<Mentioning> = {}) =>
  mentionsIn({ content, via: "channel", mayMentionAll: true, ...part });
const NOBODY = { users: [], roles: [], everyone: false, silent: false };

test("without a word about it a message pings all it names; an answer or a webhook only users", () => {
  const text = `<@${ADA}> <@!${BEA}> <@&${ROLE}> @here`;
  expect(of(text)).toEqual({ ...NOBODY, users: [ADA, BEA], roles: [ROLE], everyone: true });
  for (const via of ["interaction", "webhook"] as const) {
    expect(of(text, { via })).toEqual({ ...NOBODY, users: [ADA, BEA] });
  }
});

test("an empty parse pings nobody, a list only those on it", () => {
  const text = `<@${ADA}> <@${BEA}> <@&${ROLE}> @everyone`;
  expect(of(text, { allowed: { parse: [] } })).toEqual(NOBODY);
  expect(of(text, { allowed: { users: [BEA] } })).toEqual({ ...NOBODY, users: [BEA] });
  expect(of(text, { allowed: { roles: [ROLE] } })).toEqual({ ...NOBODY, roles: [ROLE] });
  const everyone = { parse: [AllowedMentionsTypes.Everyone] };
  expect(of(text, { allowed: everyone })).toEqual({ ...NOBODY, everyone: true });
});

test("one who is allowed but not named is not pinged", () => {
  expect(of("hello", { allowed: { users: [ADA] } })).toEqual(NOBODY);
});

test("everyone, and roles not meant to be mentioned, need a permission", () => {
  const text = `@everyone <@&${ROLE}>`;
  expect(of(text, { mayMentionAll: false })).toEqual(NOBODY);
  expect(of(text, { mayMentionAll: false, mentionableRoles: [ROLE] }).roles).toEqual([ROLE]);
});

test("code and broken-up mentions ping nobody; an unclosed fence does not protect", () => {
  expect(of(`\`@here\` \`\`\`\n<@${ADA}> @everyone\n\`\`\``)).toEqual(NOBODY);
  expect(of(`@\u200Beveryone <\u200B@${ADA}>`)).toEqual(NOBODY);
  expect(of(`\`\`\`\n<@${ADA}>`).users).toEqual([ADA]);
});

test("a reply pings its author, unless allowed_mentions leaves that out", () => {
  const repliesTo = ADA;
  expect(of("hi", { repliesTo }).users).toEqual([ADA]);
  expect(of("hi", { repliesTo, allowed: { parse: [] } }).users).toEqual([]);
  expect(of("hi", { repliesTo, allowed: { parse: [], replied_user: true } }).users).toEqual([ADA]);
});

test("a message rings those it mentions but its author; a silent one or an edit rings nobody", () => {
  const people = [
    { id: ADA, roles: [ROLE] },
    { id: BEA, roles: [] },
  ];
  const bot = { author: "300000000000000001" };
  expect(rings(of(`<@${BEA}>`), people, bot)).toEqual([BEA]);
  expect(rings(of(`<@&${ROLE}>`), people, bot)).toEqual([ADA]);
  expect(rings(of("@everyone"), people, { author: ADA })).toEqual([BEA]);
  expect(rings(of("@everyone"), people, { ...bot, edit: true })).toEqual([]);
  const flags = MessageFlags.SuppressNotifications;
  expect(rings(of("@everyone", { flags }), people, bot)).toEqual([]);
});
