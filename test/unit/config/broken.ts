// A team file to break, and what refuses it.
import { expect } from "vitest";
import { ConfigInvalid } from "../../../src/config/invalid.ts";
import { parseTeam } from "../../../src/config/load.ts";

export const context = { root: "/home/ada/shop", osUser: "ada" };

export const fine = `name: shop
roles:
  - name: architect
    role_type: architect
  - name: manager
    role_type: manager
  - name: engineer
    role_type: engineer
    instances: 2
`;

export type Row = readonly [
  what: string,
  yaml: string,
  line: number,
  key: string,
  say: RegExp,
  hint: RegExp,
];

/** The file is refused, and among its problems is this one. */
export function expectRefused([, yaml, line, key, say, hint]: Row): void {
  expect(refusedBy(yaml).problems).toContainEqual(
    expect.objectContaining({
      file: "team.yaml",
      line,
      key,
      say: expect.stringMatching(say),
      hint: expect.stringMatching(hint),
    }),
  );
}

export function refusedBy(yaml: string): ConfigInvalid {
  try {
    parseTeam(yaml, context);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error;
    throw error;
  }
  throw new Error("the file was accepted");
}
