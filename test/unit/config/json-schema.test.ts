// The schema that editors get is made of the one that we check with.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { teamJsonSchema } from "../../../src/config/json-schema.ts";

const file = resolve(import.meta.dirname, "../../../templates/team.schema.json");

it("the schema file is current: else run `npm run build`", async () => {
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(
    JSON.parse(JSON.stringify(teamJsonSchema())),
  );
});

it("it knows our keys, forbids all others and lists what a key takes", () => {
  const schema = JSON.parse(JSON.stringify(teamJsonSchema()));
  expect(schema.additionalProperties).toBe(false);
  const role = schema.properties.roles.items;
  expect(role.properties.role_type.enum).toEqual(["user", "architect", "manager", "engineer"]);
  expect(role.required).toEqual(["name", "role_type"]);
});
