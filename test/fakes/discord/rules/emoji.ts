// Which texts are a unicode emoji, for buttons and reactions. Custom ones go by id and are not known here.

// Newer than the language level that the code is checked against, so it may not stand as a literal.
const UNICODE_SETS: string = "v";
const RGI = new RegExp("^\\p{RGI_Emoji}$", UNICODE_SETS);
const PICTOGRAPH = /^\p{Extended_Pictographic}\uFE0F?$/u;

/** Fully qualified or not: Discord takes ⏸ as well as ⏸️. */
export const isEmoji = (text: string): boolean => RGI.test(text) || PICTOGRAPH.test(text);
