// The terminal's contract, on tmux and on the fake.
import { fakeStage, tmuxStage } from "./terminal-stages.ts";
import { describeTerminal } from "./terminal-suite.ts";

describeTerminal("fake terminal", fakeStage);
describeTerminal("tmux", () => tmuxStage());
