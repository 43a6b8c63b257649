// What Discord takes in one message. Source: its API reference (message, embed, components), API v10. Lengths are in
// UTF-16 units here: never fewer than the characters that Discord counts.

export const limits = {
  content: 2_000,
  title: 256,
  description: 4_096,
  /** Discord's is 2,048; with this one title, description and footer stay within the 6,000 of all embeds together. */
  footer: 1_500,
  label: 80,
  customId: 100,
  buttonsInRow: 5,
  rows: 5,
  options: 25,
  optionLabel: 100,
  files: 10,
  /** Ours: what takes more messages goes along as a file. */
  parts: 4,
} as const;
