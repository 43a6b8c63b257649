// The machine in memory: free space as the test says, members that move or do not.
import type { Disk, Vital, Vitals } from "../../src/core/ports.ts";
import { Failure, type MemberName } from "../../src/core/words.ts";

const gib = 1024 ** 3;

export interface FakeMachine {
  /** Bytes free where the state lies. */
  free: number;
  /** What each clean-up was asked for: whether caches go too. */
  readonly tidied: boolean[];
  /** Looks fail while it is so. */
  blind: boolean;
  readonly vital: Map<MemberName, Omit<Vital, "epoch">>;
  readonly disk: Disk;
  readonly vitals: (
    epochOf: (member: MemberName) => number,
    homeless: () => readonly MemberName[],
  ) => Vitals;
}

export function fakeMachine(): FakeMachine {
  const see = (): void => {
    if (machine.blind) throw new Failure("timeout", "it did not answer");
  };
  const machine: FakeMachine = {
    free: 50 * gib,
    tidied: [],
    blind: false,
    vital: new Map(),
    disk: {
      async look() {
        see();
        return [
          { what: "repository", path: "/repo", free: 90 * gib },
          { what: "state", path: "/repo/.batty", free: machine.free },
        ];
      },
      async tidy(caches) {
        machine.tidied.push(caches);
        return { files: 3, bytes: 5 * 1024 * 1024 };
      },
    },
    vitals: (epochOf, homeless) => ({
      async homeless() {
        see();
        return homeless();
      },
      async look() {
        see();
        return new Map(
          [...machine.vital].map(([member, vital]) => [
            member,
            { ...vital, epoch: epochOf(member) },
          ]),
        );
      },
    }),
  };
  return machine;
}
