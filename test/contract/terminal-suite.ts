// What every Terminal must do, whoever implements it. `make` gives a stage: the terminal, its agents, and hands
// to play a person or bad luck with. Agents here take a message on Enter and tell the stage its text.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Launch, Pane, PaneIdentity, Terminal } from "../../src/core/ports.ts";
import type { Failure } from "../../src/core/words.ts";

export interface Stage {
  readonly terminal: Terminal;
  readonly dirty: Set<string>;
  launchOf(member: string, more?: Partial<Launch>): Launch;
  /** Resolves once the agent reads its keyboard. */
  ready(member: string): Promise<void>;
  /** What the agent took so far, at least so many; waits for them. */
  taken(member: string, count: number): Promise<readonly string[]>;
  /** Waits until it stands in the composer. */
  composing(member: string, text: string): Promise<void>;
  /** Resolves when the death of that member was told. */
  death(member: string): Promise<void>;
  /** Resolves when its death was told for certain. */
  certainDeath(member: string): Promise<Pane>;
  scroll(pane: PaneIdentity, on: boolean): Promise<void>;
  replaceByStranger(pane: PaneIdentity): Promise<void>;
  /** Whether the stranger in that pane got anything typed. */
  hasStrangerInput(pane: PaneIdentity): Promise<boolean>;
  openStrangersPane(): Promise<void>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  crash(): Promise<void>;
  /** Ends all, and fails when anything is left. */
  close(): Promise<void>;
}

const forever = new AbortController().signal;

export function describeTerminal(name: string, make: () => Promise<Stage>): void {
  describe(name, () => {
    let stage: Stage;
    beforeEach(async () => {
      stage = await make();
    });
    afterEach(() => stage.close());

    const list = () => stage.terminal.list(forever);
    const launch = async (member: string, more: Partial<Launch> = {}) => {
      const pane = await stage.terminal.launch(stage.launchOf(member, more), forever);
      await stage.ready(member);
      return pane;
    };
    const paste = (pane: PaneIdentity, text: string) => stage.terminal.paste(pane, text, forever);
    const enter = (pane: PaneIdentity) => stage.terminal.keys(pane, ["Enter"], forever);

    test("without a server there are no panes, and that is no failure", async () => {
      expect(await list()).toEqual([]);
    });

    test("a launched pane is listed under the identity that its launch returned", async () => {
      const pane = await launch("eng-1-1", { epoch: 7 });
      const [listed, ...others] = await list();
      expect(others).toEqual([]);
      expect(listed).toMatchObject({
        pane: pane.pane,
        member: "eng-1-1",
        epoch: 7,
        pid: pane.pid,
        startTime: pane.startTime,
        dead: false,
        exit: null,
        inMode: false,
      });
      expect(listed?.agentPid).not.toBeNull();
      expect(listed?.agentPid).not.toBe(pane.pid);
    });

    test("members launched at the same time all get a pane of their own", async () => {
      const names = ["architect", "manager", "eng-1-1", "eng-1-2"];
      await Promise.all(names.map((member) => launch(member)));
      const panes = await list();
      expect(panes.map(({ member }) => member).sort()).toEqual([...names].sort());
      expect(new Set(panes.map(({ pane }) => pane)).size).toBe(4);
    });

    test("pasted text waits in the composer until Enter, and arrives as it was", async () => {
      const pane = await launch("eng-1-1");
      const text = [
        "- first; #{pane_id} #(id) %0 'single' \"double\" `id` $HOME ~ {a} } [b] \\ \\n ;",
        '  zweite Zeile: äöü → ✅ 日本語\tTab  "',
        "",
        "#[fg=red] && || > < * ? ! ^ | end \\",
      ].join("\n");
      await paste(pane, text);
      await stage.composing("eng-1-1", "#[fg=red]");
      expect(await stage.taken("eng-1-1", 0)).toEqual([]);
      await enter(pane);
      expect(await stage.taken("eng-1-1", 1)).toEqual([text]);
    });

    test("text of a hundred kilobytes arrives whole", async () => {
      const pane = await launch("eng-1-1");
      const text = Array.from({ length: 4000 }, (_, at) => `line ${at} with "quotes" é`).join("\n");
      await paste(pane, text);
      await enter(pane);
      expect(await stage.taken("eng-1-1", 1)).toEqual([text]);
    });

    test("texts pasted one after the other are not mixed up between panes", async () => {
      const panes = await Promise.all(["eng-1-1", "eng-1-2"].map((member) => launch(member)));
      await Promise.all(panes.map((pane) => paste(pane, `for ${pane.member}`)));
      await Promise.all(panes.map((pane) => enter(pane)));
      for (const { member } of panes) {
        expect(await stage.taken(member, 1)).toEqual([`for ${member}`]);
      }
    });

    test("an empty text is nothing to paste", async () => {
      const pane = await launch("eng-1-1");
      await paste(pane, "");
    });

    test("a stranger's program in the pane gets nothing typed, and the caller is told", async () => {
      const pane = await launch("eng-1-1");
      await stage.replaceByStranger(pane);
      expect((await failureOf(paste(pane, "secret"))).code).toMatch(/^pane\.(foreign|dead)$/);
      expect((await failureOf(enter(pane))).code).toMatch(/^pane\.(foreign|dead)$/);
      expect(await stage.hasStrangerInput(pane)).toBe(false);
    });

    test("a stranger's program in a member's pane is nobody's of ours, and lives on beside the next launch", async () => {
      const [pane, other] = [await launch("eng-1-1"), await launch("eng-1-2")];
      await list();
      await stage.replaceByStranger(pane);
      expect((await list()).map(({ member }) => member)).toEqual(["eng-1-2"]);
      const next = await launch("eng-1-1", { epoch: 2 });
      expect(next.pane).not.toBe(pane.pane);
      expect((await list()).map(({ pid }) => pid).sort()).toEqual([next.pid, other.pid].sort());
      await paste(next, "for the agent");
      await enter(next);
      expect((await stage.taken("eng-1-1", 1)).at(-1)).toBe("for the agent");
      await stage.terminal.kill(pane, forever);
      expect(await stage.hasStrangerInput(pane)).toBe(false);
    });

    test("an identity of another epoch, member or start time is foreign", async () => {
      const pane = await launch("eng-1-1", { epoch: 2 });
      expect((await failureOf(paste({ ...pane, epoch: 1 }, "x"))).code).toBe("pane.foreign");
      expect((await failureOf(paste({ ...pane, member: "eng-1-2" }, "x"))).code).toBe(
        "pane.foreign",
      );
      const other = await failureOf(paste({ ...pane, startTime: "1" }, "x"));
      expect(other.code).toMatch(/^pane\.(foreign|dead)$/);
      const capture = stage.terminal.capture({ ...pane, epoch: 1 }, null, forever);
      expect((await failureOf(capture)).code).toBe("pane.foreign");
      expect(await stage.taken("eng-1-1", 0)).toEqual([]);
    });

    test("while a person scrolls in the pane nothing is typed; afterwards it is", async () => {
      const pane = await launch("eng-1-1");
      await stage.scroll(pane, true);
      expect((await list())[0]?.inMode).toBe(true);
      expect((await failureOf(paste(pane, "early"))).code).toBe("tmux.refused");
      expect((await failureOf(enter(pane))).code).toBe("tmux.refused");
      await stage.scroll(pane, false);
      await paste(pane, "later");
      await enter(pane);
      expect(await stage.taken("eng-1-1", 1)).toEqual(["later"]);
    });

    test("an agent's end is told, listed with its exit status, and takes no more input", async () => {
      const pane = await launch("eng-1-1");
      const death = stage.death("eng-1-1");
      await paste(pane, "exit 7");
      await enter(pane);
      await death;
      expect((await list())[0]).toMatchObject({ pane: pane.pane, dead: true, exit: 7 });
      await expectDead(pane);
      expect((await failureOf(enter(pane))).code).toBe("pane.dead");
    });

    test("an agent's end is told for certain, with the pane that its launch returned", async () => {
      const pane = await launch("eng-1-1", { epoch: 3 });
      const death = stage.certainDeath("eng-1-1");
      await paste(pane, "exit 7");
      await enter(pane);
      const { agentPid } = await death;
      expect(await death).toEqual({ ...pane, agentPid, dead: true, exit: 7 });
    });

    const expectDead = async (pane: PaneIdentity) =>
      expect((await failureOf(paste(pane, "anybody?"))).code).toBe("pane.dead");

    test("a dead member is launched anew under a new identity, with one pane in all", async () => {
      const first = await launch("eng-1-1", { epoch: 1 });
      const death = stage.death("eng-1-1");
      await paste(first, "exit 0");
      await enter(first);
      await death;
      const second = await launch("eng-1-1", { epoch: 2 });
      const panes = await list();
      expect(panes).toHaveLength(1);
      expect(panes[0]).toMatchObject({ epoch: 2, pid: second.pid, dead: false, exit: null });
      expect((await failureOf(paste(first, "old"))).code).toMatch(/^pane\.(foreign|dead)$/);
      await paste(second, "new");
      await enter(second);
      expect((await stage.taken("eng-1-1", 2)).at(-1)).toBe("new");
    });

    test("a living member is not launched twice", async () => {
      const pane = await launch("eng-1-1");
      const again = stage.terminal.launch(stage.launchOf("eng-1-1", { epoch: 2 }), forever);
      expect((await failureOf(again)).code).toBe("tmux.refused");
      expect((await list())[0]).toMatchObject({ pid: pane.pid, epoch: 1, dead: false });
    });

    test("a killed pane is gone, and killing it once more is fine", async () => {
      const [one, other] = [await launch("eng-1-1"), await launch("eng-1-2")];
      await stage.terminal.kill(one, forever);
      expect((await list()).map(({ member }) => member)).toEqual(["eng-1-2"]);
      await stage.terminal.kill(one, forever);
      await stage.terminal.kill(other, forever);
      expect(await list()).toEqual([]);
    });

    test("killing by an old identity leaves the pane's new owner alone", async () => {
      const pane = await launch("eng-1-1");
      await stage.terminal.kill({ ...pane, pid: pane.pid + 100_000, startTime: "1" }, forever);
      expect((await list())[0]).toMatchObject({ pid: pane.pid, dead: false });
    });

    test("a server that does not answer is a time-out, never an empty list", async () => {
      const pane = await launch("eng-1-1");
      await stage.freeze();
      const [listed, screen] = [
        failureOf(list()),
        failureOf(stage.terminal.capture(pane, null, forever)),
      ];
      expect((await listed).code).toBe("tmux.timeout");
      expect((await screen).code).toBe("tmux.timeout");
      await stage.thaw();
      expect(await list()).toHaveLength(1);
    });

    test("what was given up on a server that did not answer is not typed when it answers again", async () => {
      const pane = await launch("eng-1-1");
      await stage.freeze();
      const [text, key] = [failureOf(paste(pane, "too late")), failureOf(enter(pane))];
      expect((await text).code).toBe("tmux.timeout");
      expect((await key).code).toBe("tmux.timeout");
      await stage.thaw();
      await paste(pane, "in time");
      await enter(pane);
      expect(await stage.taken("eng-1-1", 1)).toEqual(["in time"]);
    });

    test("a crashed server is an empty list, its panes are dead, and a launch makes a new one", async () => {
      const pane = await launch("eng-1-1");
      const death = stage.death("eng-1-1");
      await stage.crash();
      await death;
      expect(await list()).toEqual([]);
      await expectDead(pane);
      await launch("eng-1-1", { epoch: 2 });
      expect(await list()).toHaveLength(1);
    });

    test("a person's own pane is not listed", async () => {
      await launch("eng-1-1");
      await stage.openStrangersPane();
      expect((await list()).map(({ member }) => member)).toEqual(["eng-1-1"]);
    });

    test("the screen shows what stands in the composer, without trailing blanks", async () => {
      const pane = await launch("eng-1-1");
      await paste(pane, "half a thought");
      await stage.composing("eng-1-1", "half a thought");
      const screen = await stage.terminal.capture(pane, null, forever);
      expect(screen.at(-1)).toBe("> half a thought");
      expect(screen.every((line) => line === line.trimEnd())).toBe(true);
    });

    test("the screen comes with its title, on request", async () => {
      const pane = await launch("eng-1-1");
      await paste(pane, "half a thought");
      await stage.composing("eng-1-1", "half a thought");
      const screen = await stage.terminal.screen(pane, forever);
      expect(screen.rows.at(-1)).toBe("> half a thought");
      expect(screen.title).not.toContain("half a thought");
      const { code } = await failureOf(stage.terminal.screen({ ...pane, epoch: 9 }, forever));
      expect(code).toBe("pane.foreign");
    });

    test("a pane that prints is marked dirty, and settles", async () => {
      const pane = await launch("eng-1-1");
      await paste(pane, "hello");
      await stage.composing("eng-1-1", "hello");
      await stage.terminal.settled(pane, 10, 400, forever);
      expect(stage.dirty.has(pane.pane)).toBe(true);
    });

    test("a call that was given up before it began does nothing", async () => {
      const pane = await launch("eng-1-1");
      const over = AbortSignal.abort();
      await failureOf(stage.terminal.paste(pane, "no", over).then());
      await failureOf(stage.terminal.launch(stage.launchOf("eng-1-2"), over));
      await failureOf(stage.terminal.list(over));
      await failureOf(stage.terminal.settled(pane, 10, 400, over));
      await enter(pane);
      expect(await stage.taken("eng-1-1", 1)).toEqual([""]);
      expect(await list()).toHaveLength(1);
    });

    test("ending it ends all panes, twice is fine, and it can be used again", async () => {
      await launch("eng-1-1");
      await launch("eng-1-2");
      await stage.terminal.end(forever);
      expect(await list()).toEqual([]);
      await stage.terminal.end(forever);
      await launch("eng-1-1", { epoch: 2 });
      expect(await list()).toHaveLength(1);
    });
  });
}

export const failureOf = async (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail("it should have been refused"),
    (error: Failure) => error,
  );
