// Application commands, of a guild or global: overwritten in bulk, their ids kept over the overwrite.
import {
  type APIApplicationCommand,
  ApplicationCommandType,
  type RESTPostAPIApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import { hold, refuse } from "../errors.ts";
import { type Call, done, ok, type Route } from "../http.ts";
import { validateCommands } from "../rules/commands.ts";
import type { World } from "../world.ts";

const ofScope = (world: World, guild: string | null): APIApplicationCommand[] =>
  [...world.commands.values()].filter((one) => (one.guild_id ?? null) === guild);

function scopeOf(call: Call): string | null {
  if (call.params["application"] !== call.world.application.id) refuse("unknownApplication");
  const { guild } = call.params;
  if (guild === undefined) return null;
  if (!call.world.guilds.has(guild)) refuse("missingAccess");
  return guild;
}

function keep(world: World, guild: string | null, body: RESTPostAPIApplicationCommandsJSONBody) {
  const type = body.type ?? ApplicationCommandType.ChatInput;
  const before = ofScope(world, guild).find((one) => one.name === body.name && one.type === type);
  const command = {
    ...body,
    ...{ id: before?.id ?? world.id(), application_id: world.application.id, type },
    ...(guild === null ? {} : { guild_id: guild }),
    ...{
      description: "description" in body ? (body.description ?? "") : "",
      version: world.id(),
      nsfw: body.nsfw ?? false,
    },
    default_member_permissions: body.default_member_permissions ?? null,
  } as APIApplicationCommand;
  world.commands.set(command.id, command);
  return { command, isNew: before === undefined };
}

function overwrite(call: Call) {
  const guild = scopeOf(call);
  hold(validateCommands(call.body));
  const bodies = call.body as RESTPostAPIApplicationCommandsJSONBody[];
  const kept = bodies.map((body) => keep(call.world, guild, body).command);
  for (const one of ofScope(call.world, guild))
    if (!kept.includes(one)) call.world.commands.delete(one.id);
  call.world.changed();
  return ok(kept);
}

function add(call: Call) {
  const body = call.body as RESTPostAPIApplicationCommandsJSONBody;
  hold(validateCommands([body]));
  const { command, isNew } = keep(call.world, scopeOf(call), body);
  return ok(command, isNew ? 201 : 200);
}

function one(call: Call): APIApplicationCommand {
  const guild = scopeOf(call);
  const found = ofScope(call.world, guild).find(({ id }) => id === call.params["command"]);
  return found ?? refuse("unknownCommand");
}

const SCOPES = [
  "/applications/:application/commands",
  "/applications/:application/guilds/:guild/commands",
];

export const commandRoutes: readonly Route[] = SCOPES.flatMap((path): Route[] => [
  { method: "GET", path, handle: (call) => ok(ofScope(call.world, scopeOf(call))) },
  { method: "PUT", path, handle: overwrite },
  { method: "POST", path, handle: add },
  { method: "GET", path: `${path}/:command`, handle: (call) => ok(one(call)) },
  {
    ...{ method: "DELETE", path: `${path}/:command` },
    handle(call) {
      call.world.commands.delete(one(call).id);
      return done;
    },
  },
]);
