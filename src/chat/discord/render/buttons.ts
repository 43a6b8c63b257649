// A card's actions as rows of buttons, and which action a press is of. What does not fit as buttons is chosen from a list.
import {
  ActionRowBuilder,
  type APIActionRowComponent,
  type APIComponentInMessageActionRow,
  ButtonBuilder,
  ButtonStyle,
  StringSelectMenuBuilder,
} from "discord.js";
import type { Action, ActionVerb, Card, CardKind, CardState } from "../../../core/card.ts";
import { clean } from "./inert.ts";
import { limits } from "./limits.ts";
import { shorten } from "./text.ts";

export type ButtonRow = APIActionRowComponent<APIComponentInMessageActionRow>;

const press = "p:";
const text = "t:";
const list = "s:";

/** The action behind a button's id or a chosen value, and whether it asks for a text first; null: none of ours. */
export function readButton(
  customId: string,
): { readonly action: string; readonly asks: Action["asks"] } | null {
  if (customId.startsWith(press)) return { action: customId.slice(press.length), asks: null };
  if (customId.startsWith(text)) return { action: customId.slice(text.length), asks: "text" };
  return null;
}

const idOf = ({ id, asks }: Action): string => `${asks === "text" ? text : press}${id}`;

/** Decided, or not to be decided any more. An alert or a list never is. */
export const isOver = (kind: CardKind, state: CardState): boolean =>
  state !== "open" && ["merge", "question", "permission", "confirm", "task"].includes(kind);

/** All that is left to press on a card that is over. */
const looks: readonly ActionVerb[] = ["diff", "revert"];

/** Those that can be pressed: Discord refuses a message with the same id twice. */
function pressable({ actions, state, kind }: Card): Action[] {
  const ids = new Set<string>();
  return actions.filter((action) => {
    const id = idOf(action);
    if (id.length > limits.customId || ids.has(id)) return false;
    ids.add(id);
    return !isOver(kind, state) || looks.includes(action.verb);
  });
}

/** As a person names it: what asks for a text ends in `…`. */
function nameOf({ label, asks, verb }: Action): string {
  const name = clean(label).replace(/\s+/g, " ").trim() || verb;
  return asks === "text" && !name.endsWith("…") ? `${name}…` : name;
}

/** What a label has no room for; it stands on the card in full. */
export const longLabels = (card: Card): string[] =>
  pressable(card)
    .map(nameOf)
    .filter((name) => name.length > limits.label);

// ---------------------------------------------------------------- rows

const isAnswer = ({ verb }: Action): boolean => verb === "answer";

export function buttonRows(card: Card): ButtonRow[] {
  const all = pressable(card);
  const answers = all.filter(isAnswer);
  const others = all.filter((action) => !isAnswer(action));
  const grouped = [...inRows(answers), ...inRows(others)];
  if (grouped.length <= limits.rows) return grouped;
  if (all.length <= limits.rows * limits.buttonsInRow) return inRows(all);
  const lists = inLists(answers);
  const mixed = [...lists, ...inRows(others)];
  return (mixed.length <= limits.rows ? mixed : inLists(all)).slice(0, limits.rows);
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const found: T[][] = [];
  for (let at = 0; at < items.length; at += size) found.push(items.slice(at, at + size));
  return found;
}

const inRows = (actions: readonly Action[]): ButtonRow[] =>
  chunks(actions, limits.buttonsInRow).map((row) =>
    new ActionRowBuilder<ButtonBuilder>().addComponents(row.map(button)).toJSON(),
  );

const button = (action: Action): ButtonBuilder =>
  new ButtonBuilder()
    .setCustomId(idOf(action))
    .setLabel(shorten(nameOf(action), limits.label))
    .setStyle(styleOf(action));

const yes: readonly ActionVerb[] = ["approve", "allow-once"];

function styleOf({ style, verb }: Action): ButtonStyle {
  if (style === "danger") return ButtonStyle.Danger;
  if (style === "plain") return ButtonStyle.Secondary;
  return yes.includes(verb) ? ButtonStyle.Success : ButtonStyle.Primary;
}

const inLists = (actions: readonly Action[]): ButtonRow[] =>
  chunks(actions, limits.options).map((options, i) => {
    const menu = new StringSelectMenuBuilder()
      .setCustomId(`${list}${i}`)
      .setPlaceholder(i === 0 ? "Choose…" : "More…")
      .addOptions(
        options.map((action) => ({
          label: shorten(nameOf(action), limits.optionLabel),
          value: idOf(action),
        })),
      );
    return new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu).toJSON();
  });
