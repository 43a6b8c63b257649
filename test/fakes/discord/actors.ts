// People of the guild: they write, react, press and use commands as Discord's own client lets them.
import {
  type APIUser,
  ApplicationCommandType,
  ComponentType,
  GatewayDispatchEvents,
  InteractionType,
} from "discord-api-types/v10";
import { ask, findCommand, type Options, optionTree, resolvedOf } from "./asking.ts";
import { dmWith, newMember, newRole } from "./build.ts";
import { type Handle, settled, unsettled } from "./handle.ts";
import { shown } from "./look.ts";
import { clear, react, unreact } from "./react.ts";
import { channelNamed } from "./rooms.ts";
import type { ThreadAct } from "./rules/threads.ts";
import { change, speak, take } from "./speak.ts";
import { enter } from "./threads.ts";
import { type Seen, see } from "./transcript.ts";
import {
  type Channel,
  type Guild,
  type Interaction,
  person,
  type Stored,
  type World,
} from "./world.ts";

export type MessageRef = string | { readonly id: string };

export interface FileWish {
  readonly name: string;
  readonly text: string;
  readonly type?: string;
}

export interface At {
  /** A channel or thread by name or id; "commands" means "batty-commands" too. */
  readonly room?: string;
  /** Do not wait for the bot's first answer. */
  readonly nowait?: boolean;
}

export interface Actor {
  readonly id: string;
  readonly name: string;
  slash(words: string, options?: Options, at?: At): Promise<Handle>;
  /** @param focused the option that is being typed; the last one given otherwise */
  complete(
    words: string,
    options: Options,
    at?: At & { readonly focused?: string },
  ): Promise<Handle["choices"]>;
  menu(name: string, message: MessageRef, at?: At): Promise<Handle>;
  press(message: MessageRef, button: string, at?: At): Promise<Handle>;
  choose(
    message: MessageRef,
    select: string,
    value: string | readonly string[],
    at?: At,
  ): Promise<Handle>;
  say(
    room: string,
    text: string,
    more?: { reply_to?: MessageRef; files?: readonly FileWish[] },
  ): Promise<Seen>;
  dm(text: string, more?: { reply_to?: MessageRef; files?: readonly FileWish[] }): Promise<Seen>;
  /** The messages of the conversation with the bot. */
  readonly dmRoom: string;
  edit(message: MessageRef, text: string): Promise<Seen>;
  delete(message: MessageRef): Promise<void>;
  react(message: MessageRef, emoji: string): Promise<void>;
  unreact(message: MessageRef, emoji: string): Promise<void>;
  /** As a moderator, everybody's. @param emoji null: all there are */
  clearReactions(message: MessageRef, emoji: string | null): Promise<void>;
}

export interface ActorWish {
  readonly roles?: readonly string[];
  /** In which guild; the team's own if not given. */
  readonly guild?: string;
  readonly bot?: boolean;
}

/** Roles are made as they are named. */
function roleIds(world: World, guild: Guild, names: readonly string[]): string[] {
  return names.map((name) => {
    const known = guild.guild.roles.find((role) => role.name === name);
    if (known) return known.id;
    const role = newRole(world.id(), name, 0n, guild.guild.roles.length);
    guild.guild.roles.push(role);
    const d = { guild_id: guild.guild.id, role };
    world.emit({ t: GatewayDispatchEvents.GuildRoleCreate, d }, guild.guild.id);
    return role.id;
  });
}

function join(world: World, guild: Guild, name: string, wish: ActorWish): APIUser {
  const user = person(world.id(), name, wish.bot ?? false);
  const member = newMember(world, user, roleIds(world, guild, wish.roles ?? []));
  world.users.set(user.id, user);
  guild.members.set(user.id, member);
  const d = { ...member, guild_id: guild.guild.id };
  world.emit({ t: GatewayDispatchEvents.GuildMemberAdd, d }, guild.guild.id);
  return user;
}

function storedOf(world: World, ref: MessageRef, as: string): Stored {
  const id = typeof ref === "string" ? ref : ref.id;
  const stored = world.messages.get(id);
  if (!stored || stored.deleted) throw new Error(`there is no message ${id}`);
  if (stored.ephemeralFor !== null && stored.ephemeralFor !== as)
    throw new Error(`message ${id} is for someone else only`);
  return stored;
}

interface Words {
  readonly channel: Channel;
  readonly text: string;
  readonly reply_to?: MessageRef | undefined;
  readonly files?: readonly FileWish[] | undefined;
}

function say(world: World, author: APIUser, words: Words): Seen {
  const { reply_to: to, files = [] } = words;
  enter(world, words.channel, "send", author.id);
  const message_id = to === undefined ? null : storedOf(world, to, author.id).message.id;
  enter(world, words.channel, "send", author.id);
  const stored = speak(world, {
    ...{ channel: words.channel, author },
    body: {
      content: words.text,
      ...(message_id === null ? {} : { message_reference: { message_id } }),
    },
    files: files.map((file, index) => ({
      ...{ index, name: file.name, type: file.type ?? "text/plain", bytes: Buffer.from(file.text) },
    })),
  });
  return see(world, stored);
}

function acting(world: World, user: APIUser) {
  const channelOf = (stored: Stored): Channel => {
    const channel = world.channels.get(stored.message.channel_id);
    if (!channel) throw new Error("the channel of the message is gone");
    return channel;
  };
  /** Of a message: its room, awake, and the message as the bot gets it. */
  const at = (ref: MessageRef, act: ThreadAct) => {
    const stored = storedOf(world, ref, user.id);
    const channel = channelOf(stored);
    enter(world, channel, act, user.id);
    return { stored, channel, message: shown(world, stored, true) };
  };
  const finish = (channel: Channel, made: Interaction, nowait: boolean | undefined) => {
    const who = { id: user.id, channel };
    return nowait ? Promise.resolve(unsettled(world, who, made)) : settled(world, who, made);
  };
  return { at, finish };
}

function pressing(world: World, user: APIUser): Pick<Actor, "press" | "choose" | "menu"> {
  const { at, finish } = acting(world, user);
  return {
    async press(ref, button, wish) {
      const { stored, channel, message } = at(ref, "command");
      const { buttons } = see(world, stored);
      const found = buttons.find((one) => one.customId === button || one.label === button);
      if (!found)
        throw new Error(
          `no button "${button}"; there are ${buttons.map((one) => one.label).join(", ")}`,
        );
      if (found.disabled) throw new Error(`the button "${button}" is disabled`);
      const data = { custom_id: found.customId, component_type: ComponentType.Button };
      const asked = { type: InteractionType.MessageComponent, data, message };
      return finish(
        channel,
        ask(world, { id: user.id, channel }, asked, found.label),
        wish?.nowait,
      );
    },
    async choose(ref, select, value, wish) {
      const { stored, channel, message } = at(ref, "command");
      const { selects } = see(world, stored);
      const found = selects.find((one) => one.customId === select || one.placeholder === select);
      if (!found) throw new Error(`no menu "${select}"`);
      const values = [value].flat().map((one) => {
        const option = found.options.find((other) => other.value === one || other.label === one);
        if (!option) throw new Error(`menu "${select}" has no option "${one}"`);
        return option.value;
      });
      const data = {
        custom_id: found.customId,
        component_type: ComponentType.StringSelect,
        values,
      };
      const asked = { type: InteractionType.MessageComponent, data, message };
      return finish(channel, ask(world, { id: user.id, channel }, asked, select), wish?.nowait);
    },
    async menu(name, ref, wish) {
      const { channel, message } = at(ref, "command");
      const command = [...world.commands.values()].find(
        (one) => one.name === name && one.type === ApplicationCommandType.Message,
      );
      if (!command) throw new Error(`no message command "${name}" is registered`);
      const { id, type } = command;
      const resolved = { messages: { [message.id]: message } };
      const data = { id, name, type, target_id: message.id, resolved };
      const asked = { type: InteractionType.ApplicationCommand, data };
      return finish(channel, ask(world, { id: user.id, channel }, asked, name), wish?.nowait);
    },
  };
}

function commanding(world: World, user: APIUser, home: string): Pick<Actor, "slash" | "complete"> {
  const { finish } = acting(world, user);
  const begin = (words: string, options: Options, wish: At, focused: string | null) => {
    const channel = channelNamed(world, home, wish.room ?? "commands");
    enter(world, channel, "command", user.id);
    const found = findCommand(world, home, words);
    const { id, name, type, guild_id } = found.command;
    const tree = optionTree(found, options, focused);
    const resolved = resolvedOf(world, found, options);
    const data = {
      ...{ id, name, type, ...(guild_id === undefined ? {} : { guild_id }), resolved },
      ...(tree.length > 0 ? { options: tree } : {}),
    };
    const { ApplicationCommand, ApplicationCommandAutocomplete } = InteractionType;
    const asked = {
      type: focused === null ? ApplicationCommand : ApplicationCommandAutocomplete,
      data,
    };
    return { channel, made: ask(world, { id: user.id, channel }, asked, `/${words}`) };
  };
  return {
    async slash(words, options = {}, wish = {}) {
      const { channel, made } = begin(words, options, wish, null);
      return finish(channel, made, wish.nowait);
    },
    async complete(words, options, wish = {}) {
      const focused = wish.focused ?? Object.keys(options).at(-1) ?? "";
      const { channel, made } = begin(words, options, wish, focused);
      return (await finish(channel, made, false)).choices;
    },
  };
}

export function addActor(world: World, home: string, name: string, wish: ActorWish = {}): Actor {
  const guildId = wish.guild ?? home;
  const guild = world.guilds.get(guildId);
  if (!guild) throw new Error(`there is no guild ${guildId}`);
  const user = join(world, guild, name, wish);
  return {
    ...{ id: user.id, name },
    ...commanding(world, user, guildId),
    ...pressing(world, user),
    async say(room, text, more = {}) {
      return say(world, user, { channel: channelNamed(world, guildId, room), text, ...more });
    },
    async dm(text, more = {}) {
      return say(world, user, { channel: dmWith(world, user), text, ...more });
    },
    get dmRoom() {
      return dmWith(world, user).id;
    },
    async edit(ref, text) {
      const { stored } = acting(world, user).at(ref, "edit");
      if (stored.message.author.id !== user.id)
        throw new Error("only one's own message can be edited");
      return see(world, change(world, stored, { body: { content: text } }));
    },
    async delete(ref) {
      take(world, acting(world, user).at(ref, "delete").stored);
    },
    async react(ref, emoji) {
      const { stored } = acting(world, user).at(ref, "react");
      react(world, stored, user.id, { id: null, name: emoji });
    },
    async unreact(ref, emoji) {
      const { stored } = acting(world, user).at(ref, "unreact");
      unreact(world, stored, user.id, { id: null, name: emoji });
    },
    async clearReactions(ref, emoji) {
      const { stored } = acting(world, user).at(ref, "unreact");
      clear(world, stored, emoji === null ? null : { id: null, name: emoji });
    },
  };
}
