// Our id of something on Discord: `<channel>/<message>`, and `<channel>/<first>+<second>+…` where one post took several
// messages. The first of them carries the card and its buttons.

export interface Standing {
  readonly channel: string;
  readonly messages: readonly [string, ...string[]];
}

export const idOf = (channel: string, messages: readonly [string, ...string[]]): string =>
  `${channel}/${messages.join("+")}`;

const shape = /^(\d+)\/(\d+(?:\+\d+)*)$/;

/** Null: nothing on Discord has such an id. */
export function readId(id: string): Standing | null {
  const [, channel, messages] = shape.exec(id) ?? [];
  if (channel === undefined || messages === undefined) return null;
  const [first = "", ...more] = messages.split("+");
  return { channel, messages: [first, ...more] };
}
