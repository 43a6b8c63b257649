import { ChannelType } from "discord-api-types/v10";
import { expect, test } from "vitest";
import {
  storedName,
  validateChannel,
  validateThread,
  validateWebhookName,
} from "../../fakes/discord/rules/names.ts";
import { said } from "./said.ts";

const x = (length: number) => "x".repeat(length);

test("the names of channels and threads have 1 to 100 characters, topics up to 1,024", () => {
  for (const validate of [validateChannel, validateThread]) {
    expect(said(validate({ name: x(100) }))).toEqual([]);
    expect(said(validate({ name: x(101) }))).toEqual(["name BASE_TYPE_BAD_LENGTH"]);
    expect(said(validate({ name: "" }))).toEqual(["name BASE_TYPE_BAD_LENGTH"]);
    expect(said(validate({}))).toEqual(["name BASE_TYPE_REQUIRED"]);
    expect(said(validate({}, { edit: true }))).toEqual([]);
    expect(said(validate({ name: "n", rate_limit_per_user: 21_600 }))).toEqual([]);
    expect(said(validate({ name: "n", rate_limit_per_user: 21_601 }))).toHaveLength(1);
  }
  expect(said(validateChannel({ name: "n", topic: x(1_024) }))).toEqual([]);
  expect(said(validateChannel({ name: "n", topic: x(1_025) }))).toEqual([
    "topic BASE_TYPE_MAX_LENGTH",
  ]);
});

test("a thread is put away after one of four durations", () => {
  for (const minutes of [60, 1_440, 4_320, 10_080]) {
    expect(said(validateThread({ name: "n", auto_archive_duration: minutes }))).toEqual([]);
  }
  expect(said(validateThread({ name: "n", auto_archive_duration: 61 }))).toEqual([
    "auto_archive_duration BASE_TYPE_CHOICES",
  ]);
});

test("a text channel's name is kept in lower case with hyphens, a thread's as it is", () => {
  expect(storedName(" Batty Merges ", ChannelType.GuildText)).toBe("batty-merges");
  expect(storedName("#12 Fix the Parser", ChannelType.PublicThread)).toBe("#12 Fix the Parser");
});

test("a webhook has a name of 1 to 80 characters without clyde or discord, and not everyone or here", () => {
  const name = (text: string) => said(validateWebhookName({ name: text }, "name"));
  expect(name(x(80))).toEqual([]);
  expect(name(x(81))).toEqual(["name BASE_TYPE_BAD_LENGTH"]);
  expect(name("")).toEqual(["name BASE_TYPE_BAD_LENGTH"]);
  expect(name("My Discordant")).toEqual(["name USERNAME_INVALID_CONTAINS"]);
  expect(name("CLYDE")).toEqual(["name USERNAME_INVALID_CONTAINS"]);
  expect(name("Here")).toEqual(["name USERNAME_INVALID"]);
  expect(name("there")).toEqual([]);
});

test("one may speak through a webhook under its own name", () => {
  expect(said(validateWebhookName({}, "username"))).toEqual([]);
  expect(said(validateWebhookName({ username: "discord" }, "username"))).toEqual([
    "username USERNAME_INVALID_CONTAINS",
  ]);
  expect(said(validateWebhookName({}, "name"))).toEqual(["name BASE_TYPE_REQUIRED"]);
});
