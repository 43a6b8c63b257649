// What is wrong with a team file, each problem with its place and its mend; the whole is ready to print.
import { Failure } from "../core/words.ts";

export interface Problem {
  readonly file: string;
  /** From 1; null when it is about the file as a whole. */
  readonly line: number | null;
  /** Dotted path, `roles[1].role_type`; empty for the whole file. */
  readonly key: string;
  readonly say: string;
  readonly hint: string;
}

/** At the shell: exit 2. The last good configuration of a running bot stays in force. */
export class ConfigInvalid extends Failure {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[], options: { cause?: unknown } = {}) {
    super("config.invalid", problems.map(sayProblem).join("\n"), options);
    this.name = "ConfigInvalid";
    this.problems = problems;
  }
}

/** `team.yaml:12: roles[1].role_type must be one of … Did you mean engineer?` */
export const sayProblem = ({ file, line, say, hint }: Problem): string =>
  `${file}${line === null ? "" : `:${line}`}: ${say}${/[.?!]$/.test(say) ? "" : "."} ${hint}`.trimEnd();
