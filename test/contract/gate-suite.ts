// What every Gate must do, whoever implements it. A tree is red when one of its files says RED.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Gate, GateOrder } from "../../src/core/ports.ts";

export interface GateStage {
  readonly gate: Gate;
  /** A commit with these files on top of trunk, and the order to test it. */
  order(files: Readonly<Record<string, string>>): Promise<GateOrder>;
  /** The same order, for which the next run ends as infrastructure. */
  broken(order: GateOrder): GateOrder;
  /** The same order, for which the next run times out. */
  slow(order: GateOrder): GateOrder;
  close(): Promise<void>;
}

const forever = new AbortController().signal;

export function describeGate(name: string, make: () => Promise<GateStage>): void {
  describe(name, () => {
    let stage: GateStage;
    beforeEach(async () => {
      stage = await make();
    });
    afterEach(() => stage.close());
    const run = (order: GateOrder) => stage.gate.run(order, forever);
    const evidence = (order: GateOrder) => stage.gate.evidence(order, forever);

    test("a good tree is green, with exit 0 and tests counted", async () => {
      const order = await stage.order({ "a.txt": "fine\n" });
      expect(await run(order)).toMatchObject({
        ...{ result: "green", exit: 0, why: null },
        counts: { passed: 1, failed: 0 },
      });
    });

    test("a bad tree is red, and its last lines tell the culprit", async () => {
      const order = await stage.order({ "a.txt": "RED\n" });
      const { result, exit, lines } = await run(order);
      expect({ result, exit }).toEqual({ result: "red", exit: 1 });
      expect(lines.join("\n")).toContain("a.txt");
    });

    test("a result is evidence for its tree and command, and for no others", async () => {
      const order = await stage.order({ "a.txt": "RED\n" });
      expect(await evidence(order)).toBeNull();
      const { result, lines, log } = await run(order);
      expect(await evidence(order)).toMatchObject({ result, lines, log });
      expect(await evidence({ ...order, command: "another" })).toBeNull();
      const setUp = { command: "true", key: [], copy: [] };
      expect(await evidence({ ...order, setUp })).toBeNull();
      expect(await evidence(await stage.order({ "a.txt": "fine\n" }))).toBeNull();
    });

    test("infrastructure says nothing of a tree: it is no evidence, and takes none away", async () => {
      const order = await stage.order({ "a.txt": "fine\n" });
      const broken = await run(stage.broken(order));
      expect(broken.result).toBe("infra");
      expect(broken.why).not.toBeNull();
      expect(await evidence(order)).toBeNull();
      await run(order);
      await run(stage.broken(order));
      expect(await evidence(order)).toMatchObject({ result: "green" });
    });

    test("a time-out is told as such, and undoes an earlier green: the next run is a new one", async () => {
      const order = await stage.order({ "a.txt": "fine\n" });
      await run(order);
      const late = stage.slow(order);
      expect(late.command).toBe(order.command);
      expect(await run(late)).toMatchObject({ result: "timeout" });
      expect(await evidence(order)).toBeNull();
      await run(order);
      expect(await evidence(order)).toMatchObject({ result: "green" });
    });

    test("runs asked for at once come one after another, each about its own tree", async () => {
      const orders = await Promise.all([
        stage.order({ "a.txt": "RED\n" }),
        stage.order({ "a.txt": "fine\n" }),
        stage.order({ "a.txt": "RED too\n" }),
      ]);
      const results = await Promise.all(orders.map(run));
      expect(results.map((each) => each.result)).toEqual(["red", "green", "red"]);
    });

    test("a run that is given up rejects and leaves no evidence", async () => {
      const order = await stage.order({ "a.txt": "fine\n" });
      const gone = AbortSignal.abort(new Error("given up"));
      await expect(stage.gate.run(order, gone)).rejects.toThrow();
      expect(await evidence(order)).toBeNull();
      expect(await run(order)).toMatchObject({ result: "green" });
    });
  });
}
