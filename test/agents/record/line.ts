// One line of a recording. Times are ms since the recording began.

export interface Head {
  readonly v: 1;
  readonly cli: "claude" | "codex";
  readonly version: string;
  readonly scenario: string;
  readonly run: number;
  /** Columns and rows of the pane. */
  readonly size: readonly [number, number];
  readonly recorded: string;
}

export interface ScreenLine {
  readonly t: number;
  readonly k: "screen";
  /** Rows that changed since the last one, with their colours (`capture-pane -e`); `rows` is how many there are. */
  readonly changed: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly cursor: readonly [number, number];
  readonly title: string;
  readonly command: string;
  readonly alternate: boolean;
  /** Looks that found it unchanged: ms since the recording began. */
  readonly same: readonly number[];
}

export type Line =
  | ScreenLine
  /** What the agent said of itself, by hook or notify. */
  | {
      readonly t: number;
      readonly k: "hook";
      readonly via: "http" | "command" | "notify";
      readonly body: Readonly<Record<string, unknown>>;
    }
  /** A line of the agent's own record (transcript, rollout). */
  | { readonly t: number; readonly k: "record"; readonly body: unknown }
  /** A moment of the model's timeline. */
  | {
      readonly t: number;
      readonly k: "model";
      readonly moment: string;
      readonly request: number;
      readonly step: number;
      readonly side: string | null;
      readonly detail: string;
    }
  /** What the recorder did to it. */
  | { readonly t: number; readonly k: "act"; readonly act: string; readonly detail: string }
  /** The pane's process ended. */
  | { readonly t: number; readonly k: "dead"; readonly status: string };
