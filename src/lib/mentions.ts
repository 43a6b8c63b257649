// Breaks up what a chat would take for a mention, so that no text of an agent calls a person. Pure.

/** Seen by nobody, and no name begins with it. */
const apart = "\u200b";

/** `@name`, `<@id>`, `@everyone` wherever it stands; an address of mail stays as it is. */
export const breakMentions = (text: string): string =>
  text
    .replace(/@(?=everyone|here)/giu, `@${apart}`)
    .replace(/(?<![\p{L}\p{N}_])@(?=[\p{L}\p{N}_&!])/gu, `@${apart}`);
