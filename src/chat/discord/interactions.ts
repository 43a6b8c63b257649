// Commands, buttons, lists, forms and menus of Discord, as the counter hears them. Each is acknowledged first, recorded,
// acted on once, and answered to who may see the answer.
import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  Interaction,
  MessageContextMenuCommandInteraction,
  ModalSubmitInteraction,
  StringSelectMenuInteraction,
} from "discord.js";
import type { RoomName } from "../../core/card.ts";
import type { Command } from "../../core/command.ts";
import type { Caller } from "../../core/words.ts";
import type { Desk, DeskAnswer } from "../desk.ts";
import type { Inbound, Inbox } from "../inbox.ts";
import { choicesOf } from "./commands/complete.ts";
import {
  longModal,
  messageModal,
  type Picked,
  readModal,
  sendToModal,
  taskModal,
  textModal,
} from "./commands/modals.ts";
import { menus } from "./commands/project.ts";
import { textOf } from "./commands/read.ts";
import { isPrivate } from "./commands/visibility.ts";
import { idOf } from "./ids.ts";
import type { People } from "./people.ts";
import { readButton } from "./render/buttons.ts";
import { type Asking, openTicket, type Ticket, type TicketParts, type Wish } from "./ticket.ts";

export interface InteractionParts extends TicketParts {
  readonly desk: Desk;
  readonly inbox: Inbox;
  readonly people: People;
  readonly commands: readonly Command[];
  roomAt(channel: string): RoomName | null;
  /** Where people see this post; null: nowhere yet. */
  linkTo(key: string): string | null;
}

type Component = ButtonInteraction | StringSelectMenuInteraction;

/** On a message where plain text can't be read: a form for it. */
export const messageButton = (room: RoomName): string => `r:${room}`;

export interface Interactions {
  heard(interaction: Interaction): Promise<void>;
}

export function createInteractions(parts: InteractionParts): Interactions {
  const { desk, inbox, people, commands } = parts;

  const callerOf = (i: Interaction): Caller => {
    // Both forms of it are a list of ids; a message to the bot alone has none.
    const given = i.member?.roles ?? [];
    const roles = Array.isArray(given) ? given : [...given.cache.keys()];
    return people.whoNow({ id: i.user.id, guild: i.guildId, roles });
  };
  const roomOf = (i: Interaction): RoomName => parts.roomAt(i.channelId ?? "") ?? "commands";

  const inboundOf = (i: Asking, by: Caller, text: string, room: RoomName): Inbound => ({
    ...{ id: i.id, by, room, at: parts.now(), text, replyTo: null, files: [] },
    ticket: `${i.channelId} ${i.token}`,
  });

  /** A stranger's words, and the answer to them, are never for others: where only a post is left there is none. */
  const ticketFor = (i: Asking, by: Caller, wish: Wish): Ticket =>
    openTicket(i, wish, by.tier === "none" ? { ...parts, post: async () => undefined } : parts);

  /** Words, wherever they were put in. */
  const say = async (i: Asking, by: Caller, text: string, to: RoomName | null): Promise<void> => {
    const room = to ?? roomOf(i);
    const isHidden = by.tier === "none" || (text.startsWith("/") && isPrivate(commands, text));
    const wish = { room, by: by.name, words: text, isPrivate: isHidden, isPress: false };
    const ticket = ticketFor(i, by, wish);
    const inbound = inboundOf(i, by, text, room);
    const taken = await inbox.take(inbound, async () => {
      const echo = await ticket.echo();
      const line = by.tier === "none" ? null : directive(text, room);
      const telling = line === null ? null : ticket.say(line);
      const given = await desk.say(by, { text, room, replyTo: null, echo });
      await telling?.catch((error: unknown) => parts.log(`discord: ${String(error)}`));
      await answered(ticket, given, line !== null);
      return true;
    });
    if (taken === null) await ticket.show({ text: already, card: null });
  };

  const answered = async (ticket: Ticket, given: DeskAnswer, isTold: boolean): Promise<void> => {
    switch (given.kind) {
      case "refused":
        return ticket.refuse(given.refusal);
      case "receipt":
        return isTold ? undefined : ticket.show({ text: "It is on its way.", card: null });
      case "edited": {
        const link = parts.linkTo(given.key);
        return ticket.show({
          text: `It is on its card${link === null ? "." : `: ${link}`}`,
          card: null,
        });
      }
      case "done":
        return ticket.show({ text: "Done.", card: null });
      case "message":
        await ticket.show(given);
        showLate(ticket, given);
    }
  };

  const showLate = (ticket: Ticket, { edit }: Extract<DeskAnswer, { kind: "message" }>): void =>
    void edit
      ?.then((late) => ticket.show(late))
      .catch((error: unknown) => parts.log(`discord: a late answer: ${String(error)}`));

  const press = async (
    i: Component | ModalSubmitInteraction,
    by: Caller,
    { action, text, label }: { action: string; text: string | null; label: string },
  ): Promise<void> => {
    const room = roomOf(i);
    const wish = { room, by: by.name, words: `[${label}]`, isPrivate: true, isPress: true };
    const ticket = ticketFor(i, by, wish);
    const on = i.message === null ? "" : idOf(i.channelId ?? "", [i.message.id]);
    const pressed = { action, text, message: on };
    await inbox.take({ ...inboundOf(i, by, wish.words, room), press: pressed }, async () => {
      const given = await desk.press(by, pressed);
      if (given.kind === "refused") {
        await ticket.refuse(given.refusal);
        if (isConfirmation(action) && given.refusal.code === "approval.closed")
          await ticket.close();
      } else if (given.kind === "message") {
        await (given.inPlace ? ticket.turn(given) : ticket.show(given));
        showLate(ticket, given);
      }
      return true;
    });
  };

  const onCommand = async (i: ChatInputCommandInteraction): Promise<void> => {
    const by = callerOf(i);
    const form = by.tier === "none" ? null : longModal(commands, i.options.data);
    if (form !== null) await i.showModal(form);
    else await say(i, by, textOf(commands, i.options.data), null);
  };

  const onComponent = async (i: Component): Promise<void> => {
    const by = callerOf(i);
    const id = i.isStringSelectMenu() ? (i.values[0] ?? "") : i.customId;
    const room = /^r:(.+)$/s.exec(id)?.[1];
    if (room !== undefined && by.tier !== "none") return i.showModal(messageModal(room));
    const button = readButton(id);
    const label = labelOf(i, id);
    // A stranger gets no form: what they would write is refused anyway.
    if (button?.asks === "text" && by.tier !== "none")
      return i.showModal(textModal(button.action, label));
    await press(i, by, { action: button?.action ?? id, text: null, label });
  };

  const onForm = async (i: ModalSubmitInteraction): Promise<void> => {
    const by = callerOf(i);
    const form = readModal(i.customId, i.fields);
    if (form === null) return press(i, by, { action: i.customId, text: null, label: "form" });
    if (form.kind === "press") return press(i, by, { ...form, label: form.action });
    return say(i, by, form.text, form.room);
  };

  const onMenu = async (i: MessageContextMenuCommandInteraction): Promise<void> => {
    const by = callerOf(i);
    if (by.tier === "none") return say(i, by, `/batty ${i.commandName}`, null);
    const { content, author, url } = i.targetMessage;
    const picked: Picked = { content, author: author.displayName, url };
    const members = desk.rooms().filter((r) => r.kind === "member");
    const form =
      i.commandName === menus.sendTo
        ? sendToModal(
            picked,
            members.map((r) => r.name),
          )
        : taskModal(picked);
    await i.showModal(form);
  };

  const onTyping = async (i: AutocompleteInteraction): Promise<void> => {
    const by = callerOf(i);
    const ask = (text: string) => desk.complete(by, text);
    // The form is filled in as it is: what `data` lacks while typing is none of ours.
    const data = i.options.data;
    await i.respond(by.tier === "none" ? await refused(ask) : await choicesOf(commands, data, ask));
  };

  return {
    async heard(i) {
      if (i.isAutocomplete()) await onTyping(i);
      else if (i.isChatInputCommand()) await onCommand(i);
      else if (i.isButton() || i.isStringSelectMenu()) await onComponent(i);
      else if (i.isModalSubmit()) await onForm(i);
      else if (i.isMessageContextMenuCommand()) await onMenu(i);
    },
  };
}

const already = "This was handled already.";

const isConfirmation = (action: string): boolean => /^c\d+\./.test(action);

/** For the audit alone: a stranger is offered nothing. */
async function refused(ask: (text: string) => Promise<unknown>): Promise<[]> {
  await ask("");
  return [];
}

/** What others see of a directive, which Discord shows to its sender only. Null: the answer says enough. */
function directive(text: string, room: RoomName): string | null {
  if (!text.startsWith("/")) return `→ ${room}: ${text}`;
  const [, to, words] = /^\/batty send (?:--now )?(?:-- )?(\S+) (.*)$/s.exec(text) ?? [];
  return to === undefined ? null : `→ ${to}: ${words}`;
}

/** As it stands on the button, or in the list. */
function labelOf(i: Component, id: string): string {
  if (i.isStringSelectMenu())
    return i.component.options.find(({ value }) => value === id)?.label ?? "Text";
  return ("label" in i.component ? i.component.label : null) ?? "Text";
}
