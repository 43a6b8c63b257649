// What makes a message unique to Discord for a few minutes: the same nonce again gives the message that is there.
import { createHash } from "node:crypto";

/** Discord's limit. */
const most = 25;

/** @param former what stood for the same thing and is gone: Discord may still remember its nonce */
export const nonceOf = (key: string, former?: string): string =>
  createHash("sha256")
    .update(JSON.stringify([key, former ?? null]))
    .digest("base64url")
    .slice(0, most);
