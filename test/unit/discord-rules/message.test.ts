import { RESTJSONErrorCodes as Code, EmbedType } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { stored, validateMessage } from "../../fakes/discord/rules/validate.ts";
import { said } from "./said.ts";

const MIB = 1024 * 1024;
const x = (length: number) => "x".repeat(length);
const embed = (part: object) => ({ embeds: [{ description: "a card", ...part }] });
const fields = (count: number) => Array.from({ length: count }, () => ({ name: "n", value: "v" }));

test.each<[string, (n: number) => object, number, string]>([
  ["content", (n) => ({ content: x(n) }), 2_000, "content BASE_TYPE_MAX_LENGTH"],
  ["a nonce", (n) => ({ content: "hi", nonce: x(n) }), 25, "nonce NONCE_TYPE_TOO_LONG"],
  [
    "the list of embeds",
    (n) => ({ embeds: Array.from({ length: n }, () => ({ title: "t" })) }),
    10,
    "embeds BASE_TYPE_MAX_LENGTH",
  ],
  ["a title", (n) => embed({ title: x(n) }), 256, "embeds.0.title BASE_TYPE_MAX_LENGTH"],
  [
    "a description",
    (n) => embed({ description: x(n) }),
    4_096,
    "embeds.0.description BASE_TYPE_MAX_LENGTH",
  ],
  ["fields", (n) => embed({ fields: fields(n) }), 25, "embeds.0.fields BASE_TYPE_MAX_LENGTH"],
  [
    "a field's name",
    (n) => embed({ fields: [{ name: x(n), value: "v" }] }),
    256,
    "embeds.0.fields.0.name BASE_TYPE_MAX_LENGTH",
  ],
  [
    "a field's value",
    (n) => embed({ fields: [{ name: "n", value: x(n) }] }),
    1_024,
    "embeds.0.fields.0.value BASE_TYPE_MAX_LENGTH",
  ],
  [
    "a footer",
    (n) => embed({ footer: { text: x(n) } }),
    2_048,
    "embeds.0.footer.text BASE_TYPE_MAX_LENGTH",
  ],
  [
    "an author",
    (n) => embed({ author: { name: x(n) } }),
    256,
    "embeds.0.author.name BASE_TYPE_MAX_LENGTH",
  ],
  ["a colour", (n) => embed({ color: n }), 0xff_ff_ff, "embeds.0.color NUMBER_TYPE_MAX"],
  [
    "the allowed users",
    (n) => ({ content: "hi", allowed_mentions: { users: Array.from({ length: n }, String) } }),
    100,
    "allowed_mentions.users BASE_TYPE_MAX_LENGTH",
  ],
])("%s may reach its limit and not one more", (_, body, limit, fault) => {
  expect(said(validateMessage(body(limit)))).toEqual([]);
  expect(said(validateMessage(body(limit + 1)))).toEqual([fault]);
});

test("the texts of all embeds of a message share 6,000 characters", () => {
  const two = (last: number) => ({
    embeds: [
      { description: x(3_000) },
      { title: "t", footer: { text: x(last) }, description: x(1_999) },
    ],
  });
  expect(said(validateMessage(two(1_000)))).toEqual([]);
  expect(said(validateMessage(two(1_001)))).toEqual(["embeds MAX_EMBED_SIZE_EXCEEDED"]);
});

test("lengths are counted in code points: an emoji is one, a flag two", () => {
  expect(said(validateMessage({ content: "🦇".repeat(2_000) }))).toEqual([]);
  expect(said(validateMessage({ content: `${"🦇".repeat(1_999)}🇨🇭` }))).toHaveLength(1);
});

test("blanks around an embed's text do not count, and are not kept", () => {
  const card = { title: ` ${x(256)} `, fields: [{ name: " n ", value: "v" }] };
  expect(said(validateMessage({ embeds: [card] }))).toEqual([]);
  expect(stored({ content: " hi\n", embeds: [card] })).toEqual({
    content: "hi",
    embeds: [
      { title: x(256), fields: [{ name: "n", value: "v", inline: false }], type: EmbedType.Rich },
    ],
  });
});

test.each([
  [
    "an embed in which nothing is to be seen",
    { embeds: [{ color: 1 }] },
    ["embeds.0.description BASE_TYPE_REQUIRED"],
  ],
  [
    "a field without a value",
    embed({ fields: [{ name: "n", value: " " }] }),
    ["embeds.0.fields.0.value BASE_TYPE_REQUIRED"],
  ],
  [
    "a picture that is no address",
    embed({ image: { url: "a picture" } }),
    ["embeds.0.image.url URL_TYPE_INVALID_URL"],
  ],
  [
    "a picture on this machine",
    embed({ image: { url: "file:///p.png" } }),
    ["embeds.0.image.url URL_TYPE_INVALID_SCHEME"],
  ],
  [
    "a time that is none",
    embed({ timestamp: "soon" }),
    ["embeds.0.timestamp DATE_TIME_TYPE_PARSE"],
  ],
  ["content that is no text", { content: {} }, ["content STRING_TYPE_CONVERT"]],
  ["embeds that are no list", { content: "hi", embeds: {} }, ["embeds LIST_TYPE_CONVERT"]],
  [
    "users both parsed and listed",
    { content: "hi", allowed_mentions: { parse: ["users"], users: ["1"] } },
    ["allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"],
  ],
  [
    "a kind of mention there is not",
    { content: "hi", allowed_mentions: { parse: ["here"] } },
    ["allowed_mentions.parse.0 BASE_TYPE_CHOICES"],
  ],
  ["a nonce that is no text", { content: "hi", nonce: 1.5 }, ["nonce NONCE_TYPE_INVALID_TYPE"]],
])("%s is refused", (_, body, faults) => {
  expect(said(validateMessage(body))).toEqual(faults);
});

test("all faults are told at once, under the place of the message in the request", () => {
  const refused = validateMessage({ content: x(2_001), nonce: x(26) }, [], { under: ["data"] });
  expect(refused).toEqual({
    status: 400,
    body: {
      code: Code.InvalidFormBodyOrContentType,
      message: "Invalid Form Body",
      errors: {
        data: {
          content: {
            _errors: [
              { code: "BASE_TYPE_MAX_LENGTH", message: "Must be 2000 or fewer in length." },
            ],
          },
          nonce: {
            _errors: [
              { code: "NONCE_TYPE_TOO_LONG", message: "Must be 25 or fewer characters long." },
            ],
          },
        },
      },
    },
  });
});

test("an embed may have a time, and a message both kinds of permission to mention", () => {
  expect(said(validateMessage(embed({ timestamp: "2026-11-28T12:00:00Z" })))).toEqual([]);
  const allowed_mentions = { parse: ["users"], users: [], roles: ["1"] };
  expect(said(validateMessage({ content: "hi", allowed_mentions }))).toEqual([]);
});

test("a picture may be one of the message's own files", () => {
  const picture = embed({ image: { url: "attachment://board.png" } });
  expect(said(validateMessage(picture, [{ name: "board.png", size: 1 }]))).toEqual([]);
});

const EMPTY = [`400 ${Code.CannotSendAnEmptyMessage}`];

test("a message of nothing but blanks is empty; a file or an embed makes it one", () => {
  expect(said(validateMessage({ content: " \n" }))).toEqual(EMPTY);
  expect(said(validateMessage({}, [{ name: "log.txt", size: 0 }]))).toEqual([]);
  expect(said(validateMessage({ embeds: [{ title: "t" }] }))).toEqual([]);
});

test("an edit is empty only when nothing is left of the message", () => {
  const edit = { content: "was", embeds: [], components: [], attachments: [] };
  const sticker = { id: "7", filename: "a", size: 1, url: "u", proxy_url: "u" };
  const withFile = { ...edit, attachments: [sticker] };
  expect(said(validateMessage({ embeds: [] }, [], { edit }))).toEqual([]);
  expect(said(validateMessage({ content: null }, [], { edit }))).toEqual(EMPTY);
  expect(said(validateMessage({ content: "" }, [], { edit: withFile }))).toEqual([]);
  expect(said(validateMessage({ content: "", attachments: [] }, [], { edit: withFile }))).toEqual(
    EMPTY,
  );
});

test("files may weigh 10 MiB each, 25 MiB together, and be ten", () => {
  const of = (...sizes: number[]) => sizes.map((size, index) => ({ name: `f${index}`, size }));
  const TOO_LARGE = [`413 ${Code.RequestEntityTooLarge}`];
  expect(said(validateMessage({}, of(10 * MIB)))).toEqual([]);
  expect(said(validateMessage({}, of(10 * MIB + 1)))).toEqual(TOO_LARGE);
  expect(said(validateMessage({}, of(9 * MIB, 9 * MIB, 7 * MIB)))).toEqual([]);
  expect(said(validateMessage({}, of(9 * MIB, 9 * MIB, 7 * MIB + 1)))).toEqual(TOO_LARGE);
  expect(said(validateMessage({}, of(...Array(10).fill(1))))).toEqual([]);
  expect(said(validateMessage({}, of(...Array(11).fill(1))))).toEqual([
    `400 ${Code.MaximumNumberOfAttachmentsInAMessageReached}`,
  ]);
});

test("a reply to what is not there fails, unless it is told not to", () => {
  const knows = (id: string) => (id === "1" ? "message" : id === "2" ? "system" : null);
  const reply = (message_id: string, more = {}) =>
    said(
      validateMessage({ content: "hi", message_reference: { message_id, ...more } }, [], { knows }),
    );
  expect(said(validateMessage({ content: "hi" }, [], { knows }))).toEqual([]);
  expect(reply("1")).toEqual([]);
  expect(reply("2")).toEqual(["message_reference REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE"]);
  expect(reply("3")).toEqual(["message_reference REPLIES_UNKNOWN_MESSAGE"]);
  expect(reply("3", { fail_if_not_exists: false })).toEqual([]);
});
