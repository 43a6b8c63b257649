// What a person gets back from an interaction: the first answer, its edits, what follows, a form.
import {
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
} from "discord-api-types/v10";
import { ask, type Who } from "./asking.ts";
import { unsubmittable } from "./rules/modals.ts";
import { type Seen, see } from "./transcript.ts";
import { type Interaction, until, type World } from "./world.ts";

/** How long Discord's client waits for the first answer. */
const ANSWER_MS = 3_000;
export const NO_ANSWER = "The application did not respond";

export interface FormField {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly required: boolean;
  readonly options: readonly { readonly label: string; readonly value: string }[];
}

export interface Form {
  readonly title: string;
  readonly customId: string;
  readonly fields: readonly FormField[];
  /** Fields by id or label; a select takes the value or label of one of its options. */
  submit(values: Readonly<Record<string, string>>): Promise<Handle>;
}

export interface Handle {
  readonly id: string;
  readonly token: string;
  /** Why the person saw a failure instead of an answer. */
  readonly failed: string | null;
  /** The answer as it stands: the message that "@original" names. */
  reply(): Seen | null;
  followups(): readonly Seen[];
  /** Is the answer for this person alone? null: there is none yet. */
  readonly ephemeral: boolean | null;
  readonly modal: Form | null;
  readonly choices: readonly { readonly name: string; readonly value: string | number }[];
  /** Waits until the answer is more than "thinking…". */
  answer(ms?: number): Promise<Seen>;
  until(check: (handle: Handle) => boolean, ms?: number): Promise<Handle>;
}

type Fields = APIModalInteractionResponseCallbackData["components"];
type Bounds = Parameters<typeof unsubmittable>[0];
type Input = Pick<FormField, "id" | "value" | "required" | "options"> & {
  readonly type: number;
  readonly bounds: Bounds;
};

function inputOf(one: unknown): Input {
  const found = one as Bounds & {
    type: number;
    custom_id: string;
    value?: string;
    options?: { label: string; value: string }[];
  };
  return {
    ...{ id: found.custom_id, type: found.type, value: found.value ?? "" },
    ...{ required: found.required ?? true, options: found.options ?? [] },
    bounds: found,
  };
}

type Placed = FormField & Input & { readonly row: number; readonly at: number };

/** The inputs of a form, in labels or (the older way) in rows of one. */
function inputsOf(components: Fields): Placed[] {
  return components.flatMap((one, at): Placed[] => {
    const row = one.type;
    if (row === ComponentType.Label)
      return [{ ...inputOf(one.component), label: one.label, row, at }];
    if (row !== ComponentType.ActionRow) return [];
    return one.components.map((inner) => ({
      ...inputOf(inner),
      ...{ label: ("label" in inner && inner.label) || inputOf(inner).id, row, at },
    }));
  });
}

function filled(field: Placed, values: Readonly<Record<string, string>>) {
  const given = values[field.id] ?? values[field.label] ?? field.value;
  if (given === "" && field.required) throw new Error(`the field "${field.label}" is required`);
  const base = { type: field.type, custom_id: field.id, id: field.at + 2 };
  if (field.type === ComponentType.TextInput) {
    const wrong = unsubmittable(field.bounds, given);
    if (wrong !== null) throw new Error(`"${field.label}": ${wrong}`);
    return { ...base, value: given };
  }
  const chosen = field.options.find((one) => one.value === given || one.label === given);
  if (given !== "" && field.options.length > 0 && !chosen)
    throw new Error(`"${field.label}" has no option "${given}"`);
  return { ...base, values: given === "" ? [] : [chosen?.value ?? given] };
}

function submitted(
  form: APIModalInteractionResponseCallbackData,
  values: Readonly<Record<string, string>>,
) {
  const fields = inputsOf(form.components);
  for (const name of Object.keys(values))
    if (!fields.some((one) => one.id === name || one.label === name))
      throw new Error(
        `the form has no field "${name}"; it has ${fields.map((one) => one.id).join(", ")}`,
      );
  const components = fields.map((field) =>
    field.row === ComponentType.Label
      ? { type: field.row, id: field.at + 1, component: filled(field, values) }
      : { type: field.row, id: field.at + 1, components: [filled(field, values)] },
  );
  return { custom_id: form.custom_id, components };
}

function openForm(world: World, who: Who, interaction: Interaction): Form | null {
  const form = interaction.modal as APIModalInteractionResponseCallbackData | null;
  if (form === null) return null;
  return {
    ...{ title: form.title, customId: form.custom_id },
    fields: inputsOf(form.components).map(({ id, label, value, required, options }) => ({
      ...{ id, label, value, required, options },
    })),
    async submit(values) {
      const { payload } = interaction;
      const message = "message" in payload && payload.message ? { message: payload.message } : {};
      const data = submitted(form, values);
      const asked = { type: InteractionType.ModalSubmit, data, ...message };
      return await settled(world, who, ask(world, who, asked, form.title));
    },
  };
}

/** The message that counts as the answer, once there is more than "thinking…". */
function answered(world: World, interaction: Interaction): Seen | undefined {
  const { answered: type, original, followups } = interaction;
  const last = [...followups]
    .reverse()
    .map((id) => world.messages.get(id))
    .find((one) => one && !one.deleted);
  if (type === InteractionResponseType.DeferredMessageUpdate) {
    const pressed = world.messages.get(original ?? "");
    const edited = pressed?.message.edited_timestamp;
    if (last) return see(world, last);
    return pressed && edited && Date.parse(edited) >= interaction.created
      ? see(world, pressed)
      : undefined;
  }
  const stored = world.messages.get(original ?? "");
  const thinking = ((stored?.message.flags ?? 0) & MessageFlags.Loading) !== 0;
  if (stored && !stored.deleted && !thinking) return see(world, stored);
  return last ? see(world, last) : undefined;
}

function handleOf(world: World, who: Who, interaction: Interaction): Handle {
  const seen = (id: string | null) => {
    const stored = world.messages.get(id ?? "");
    return stored && !stored.deleted ? see(world, stored) : null;
  };
  const handle: Handle = {
    ...{ id: interaction.payload.id, token: interaction.payload.token },
    get failed() {
      return interaction.answered === null ? NO_ANSWER : null;
    },
    reply: () => seen(interaction.original),
    followups: () => interaction.followups.flatMap((id) => seen(id) ?? []),
    get ephemeral() {
      return interaction.original === null ? null : (handle.reply()?.ephemeral ?? null) !== null;
    },
    get modal() {
      return openForm(world, who, interaction);
    },
    get choices() {
      return (interaction.choices ?? []) as Handle["choices"];
    },
    async answer(ms = 10_000) {
      if (interaction.answered === null) throw new Error(NO_ANSWER);
      const what = `an answer to ${interaction.title}`;
      return await until(world, what, () => answered(world, interaction), ms);
    },
    until: (check, ms = 10_000) =>
      until(world, interaction.title, () => (check(handle) ? handle : undefined), ms),
  };
  return handle;
}

/** Resolves once the bot answered in any way, or the person saw that it did not. */
export async function settled(world: World, who: Who, interaction: Interaction): Promise<Handle> {
  const over = () =>
    interaction.answered !== null || world.now() - interaction.created > ANSWER_MS || undefined;
  // A failure is told by the handle itself: `failed`.
  await until(world, interaction.title, over, ANSWER_MS).catch(() => undefined);
  return handleOf(world, who, interaction);
}

/** Does not wait for the bot. */
export const unsettled = handleOf;
