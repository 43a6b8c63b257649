// Whom a message really notifies. Embeds, code and edits never do; what allowed_mentions leaves out
// is shown as a mention but pings nobody.
import type { APIAllowedMentions } from "discord-api-types/v10";
import { AllowedMentionsTypes as Kind, MessageFlags } from "discord-api-types/v10";

export interface Mentions {
  /** Users in the message's `mentions`, the one replied to included. */
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly everyone: boolean;
  /** SUPPRESS_NOTIFICATIONS: the mentions stand, but no device rings. */
  readonly silent: boolean;
}

export interface Mentioning {
  readonly content: string;
  readonly allowed?: APIAllowedMentions | null | undefined;
  readonly flags?: number | undefined;
  /** Answers to interactions and webhooks ping users only, unless they say otherwise. */
  readonly via: "channel" | "interaction" | "webhook";
  readonly repliesTo?: string | null | undefined;
  /** MENTION_EVERYONE: without it neither @everyone nor roles that are not mentionable ring. */
  readonly mayMentionAll: boolean;
  readonly mentionableRoles?: readonly string[];
}

const FENCES = /```[\s\S]+?```|``[^`][\s\S]*?``|`[^`\n]+`/g;

export function mentionsIn(message: Mentioning): Mentions {
  const text = message.content.replace(FENCES, " ");
  const allows = allowance(message);
  const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, id]) => id ?? "");
  const users = found(/<@!?(\d{15,20})>/g).filter((id) => allows("users", id));
  const roles = found(/<@&(\d{15,20})>/g)
    .filter((id) => allows("roles", id))
    .filter((id) => message.mayMentionAll || (message.mentionableRoles ?? []).includes(id));
  const replied = pingsReplied(message) ? [message.repliesTo ?? ""] : [];
  return {
    users: [...new Set([...users, ...replied])],
    roles: [...new Set(roles)],
    everyone: /@(everyone|here)/.test(text) && allows("everyone") && message.mayMentionAll,
    silent: ((message.flags ?? 0) & MessageFlags.SuppressNotifications) !== 0,
  };
}

function allowance({ allowed, via }: Mentioning) {
  const kinds = { users: Kind.User, roles: Kind.Role, everyone: Kind.Everyone };
  return (what: keyof typeof kinds, id?: string): boolean => {
    if (allowed === undefined || allowed === null) return via === "channel" || what === "users";
    if (allowed.parse?.includes(kinds[what]) === true) return true;
    return what !== "everyone" && id !== undefined && (allowed[what] ?? []).includes(id);
  };
}

function pingsReplied({ allowed, repliesTo }: Mentioning): boolean {
  if (repliesTo === undefined || repliesTo === null) return false;
  return allowed === undefined || allowed === null || allowed.replied_user === true;
}

/** Who is rung, of those who can see the channel; an edit rings nobody, though its mentions change. */
export function rings(
  mentions: Mentions,
  people: readonly { readonly id: string; readonly roles: readonly string[] }[],
  { edit = false, author }: { readonly edit?: boolean; readonly author: string },
): readonly string[] {
  if (edit || mentions.silent) return [];
  return people
    .filter(({ id }) => id !== author)
    .filter(
      ({ id, roles }) =>
        mentions.everyone ||
        mentions.users.includes(id) ||
        roles.some((role) => mentions.roles.includes(role)),
    )
    .map(({ id }) => id);
}
