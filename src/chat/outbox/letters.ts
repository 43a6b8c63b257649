// What a chat was given up for: how it is told, and by which name a person asks for it again. Pure.
import type { Letter } from "../../core/chat-port.ts";
import { letterKey } from "../../core/views/news-letters.ts";
import { type Item, placeOf } from "./item.ts";
import type { Filed } from "./spool.ts";

/** As the file is named. */
const nameOf = (id: string, chat: string): string => `${id}.${chat}`;

export const idOf = (letter: string, chat: string): string =>
  letter.slice(0, -nameOf("", chat).length);

export function letterOf(id: string, { shown, code = "", say = "" }: Filed, chat: string): Letter {
  const { key, lane } = placeOf(shown);
  return { letter: nameOf(id, chat), chat, room: lane, key, code, say };
}

/** What is made anew from the state needs no letter; nor does word of another letter, or there is no end to it. */
export const isMissed = ({ derived, key }: Item): boolean => !derived && !key.startsWith(letterKey);
