// A repository in memory: commits are maps of paths, a merge conflicts where both sides changed a path. With the
// hands of a person and of agents. No process, no file, no clock of its own.
import type { Landing, Repair, Repo, SetUp, Worktree } from "../../src/core/ports.ts";
import { treeHole } from "../../src/core/views/landing.ts";
import { Failure, type MemberName, type Oid } from "../../src/core/words.ts";
import { meeting } from "../../src/world/git/overlap.ts";
import {
  apply,
  type Commit,
  differing,
  type Edits,
  type Files,
  openHistory,
  subjectOf,
  treeOf,
} from "./history.ts";

interface Checkout {
  branch: string | null;
  /** Of a detached HEAD. */
  detached: Oid;
  files: Map<string, string>;
  operation: string | null;
}

export interface FakeRepo extends Repo {
  /** Who hears of worktrees put right. */
  repaired: (repair: Repair) => void;
  /** A person commits on trunk, wherever it is checked out. */
  commitOnTrunk(edits: Edits, message?: string): Oid;
  /** A person merges a branch into trunk by hand, the branch's side where both changed. */
  mergeOnTrunk(branch: string): Oid;
  commitFiles(oidOrRef: string): Files;
  messageOf(oid: Oid): string;
  readonly member: {
    write(member: MemberName, edits: Edits): void;
    read(member: MemberName, path: string): string | null;
    commit(member: MemberName, message: string): Oid;
    /** Merges trunk into where it stands; on a conflict its own side is taken. */
    mergeTrunk(member: MemberName): Oid;
    /** Where it stands, or at another commit. */
    detach(member: MemberName, at?: string): void;
    /** Somebody deletes the worktree's folder. */
    lose(member: MemberName): void;
    isLost(member: MemberName): boolean;
    begin(member: MemberName, operation: string | null): void;
  };
  readonly person: {
    write(edits: Edits): void;
    read(path: string): string | null;
    /** Null: detached where they are. */
    checkOut(branch: string | null): void;
    begin(operation: string | null): void;
  };
  /** Set-ups that ran: worktree and command. */
  readonly setUps: readonly { readonly path: string; readonly command: string }[];
  /** The next set-ups fail with these lines; null: they work again. */
  failSetUps(lines: string | null): void;
}

export interface FakeRepoOptions {
  /** The first commit [README.md]; null: a repository without commits. */
  readonly files?: Readonly<Record<string, string>> | null;
  readonly trunk?: string;
  readonly now?: () => number;
}

export function fakeRepo(options: FakeRepoOptions = {}): FakeRepo {
  const trunk = options.trunk ?? "main";
  const trunkRef = `refs/heads/${trunk}`;
  const now = options.now ?? (() => 0);
  const history = openHistory();
  const { refs, make, get, ancestry, isIn, mergeBase, change, merged } = history;
  const checkouts = new Map<MemberName, Checkout>();
  const setUps: { path: string; command: string }[] = [];
  const done = new Set<string>();
  const lost = new Set<MemberName>();
  let setUpFails: string | null = null;

  const headOf = (checkout: Checkout): Commit =>
    get(checkout.branch === null ? checkout.detached : `refs/heads/${checkout.branch}`);
  const dirty = (checkout: Checkout): readonly string[] =>
    differing(headOf(checkout).files, checkout.files);
  const moveTo = (checkout: Checkout, oid: Oid): void => {
    if (checkout.branch === null) checkout.detached = oid;
    else refs.set(`refs/heads/${checkout.branch}`, oid);
  };

  if (options.files !== null) {
    const files = new Map(Object.entries(options.files ?? { "README.md": "hello\n" }));
    refs.set(trunkRef, make(files, [], "First commit").oid);
  }
  const person: Checkout = {
    branch: trunk,
    detached: "",
    files: new Map(refs.has(trunkRef) ? get(trunkRef).files : []),
    operation: null,
  };

  const trunkHead = (): Commit => {
    if (refs.has(trunkRef)) return get(trunkRef);
    throw new Failure("git.no-commits", "the repository has no commits yet");
  };
  /** What was committed comes back; the rest went with the folder. */
  const remake = (member: MemberName, checkout: Checkout): void => {
    const head = headOf(checkout);
    checkout.files = new Map(head.files);
    const say = `made the worktree ${pathOf(member)} anew: its folder was gone`;
    fake.repaired({ member, how: "remade", say, head: head.oid });
  };
  const at = (member: MemberName): Checkout => {
    const found = checkouts.get(member);
    if (found !== undefined) {
      if (lost.delete(member)) remake(member, found);
      return found;
    }
    const { oid, files } = trunkHead();
    const made = { branch: null, detached: oid, files: new Map(files), operation: null };
    checkouts.set(member, made);
    return made;
  };
  const pathOf = (member: MemberName): string => `/worktrees/${member}`;

  const rescue = (member: MemberName): string | null => {
    const checkout = at(member);
    if (dirty(checkout).length === 0) return null;
    const head = headOf(checkout).oid;
    const prefix = `refs/batty/rescue/${member}/`;
    const { oid } = make(checkout.files, [head], `Uncommitted work of ${member}`);
    for (const [ref, known] of refs) if (ref.startsWith(prefix) && known === oid) return ref;
    return archive(member, oid);
  };
  const archive = (member: MemberName, oid: Oid): string => {
    const time = new Date(now()).toISOString().replaceAll(/[-:.]/g, "");
    let ref = `refs/batty/rescue/${member}/${time}`;
    for (let n = 2; refs.has(ref); n++) ref = `refs/batty/rescue/${member}/${time}-${n}`;
    refs.set(ref, oid);
    return ref;
  };
  const keepHead = (member: MemberName): string | null => {
    const { branch, detached } = at(member);
    if (branch !== null || [...refs.values()].some((oid) => isIn(oid, detached))) return null;
    return archive(member, detached);
  };
  const isHeldElsewhere = (branch: string, by: MemberName): boolean =>
    person.branch === branch ||
    [...checkouts].some(([member, each]) => member !== by && each.branch === branch);

  const land = (commit: Oid, base: Oid): Landing => {
    const head = trunkHead().oid;
    if (isIn(head, commit)) return { kind: "landed" };
    if (person.operation !== null && person.branch === trunk)
      return held("operation", [], `a ${person.operation} is under way`);
    if (head !== base) return { kind: "moved", head };
    if (person.branch === trunk) {
      const landing = differing(get(base).files, get(commit).files);
      const met = meeting(dirty(person), landing);
      if (met.length > 0) return held("overlap", met, `it changes what you have open: ${met}`);
      for (const path of landing)
        apply(person.files, { [path]: get(commit).files.get(path) ?? null });
    }
    refs.set(trunkRef, commit);
    return { kind: "landed" };
  };
  const held = (
    why: "overlap" | "operation",
    paths: readonly string[],
    detail: string,
  ): Landing => ({ kind: "held", why, paths, detail });

  const inspect = (member: MemberName, base: Oid): Worktree => {
    const checkout = at(member);
    const head = headOf(checkout);
    const own = mergeBase(head.oid, trunkHead().oid);
    const changed = differing(get(own).files, head.files);
    const behind = ancestry(base);
    return {
      path: pathOf(member),
      head: head.oid,
      tree: head.tree,
      branch: checkout.branch,
      dirty: dirty(checkout).slice(0, 20),
      ahead: [...ancestry(head.oid)].filter((oid) => !behind.has(oid)).length,
      base,
      operation: checkout.operation,
      markers: changed.filter((path) =>
        /^<{7} .*^={7}$.*^>{7} /ms.test(head.files.get(path) ?? ""),
      ),
      touchesBatty: changed.filter((path) => path.startsWith(".batty/")),
      subject: subjectOf(head),
    };
  };

  const startTask = (member: MemberName, branch: string, base: Oid) => {
    const checkout = at(member);
    if (checkout.branch === branch) return { rescued: null };
    if (isHeldElsewhere(branch, member))
      throw new Failure("worktree.blocked", `${branch} is checked out elsewhere`);
    const rescued = rescue(member) ?? keepHead(member);
    const ref = `refs/heads/${branch}`;
    if (!refs.has(ref)) refs.set(ref, get(base).oid);
    checkouts.set(member, {
      branch,
      detached: "",
      files: new Map(get(ref).files),
      operation: null,
    });
    return { rescued };
  };

  const adopt = (member: MemberName, branch: string): void => {
    const checkout = at(member);
    if (checkout.branch === branch) return;
    const head = headOf(checkout).oid;
    const old = refs.get(`refs/heads/${branch}`);
    if (old !== undefined && !isIn(head, old))
      throw new Failure("git.refused", `${branch} has commits of its own`);
    refs.set(`refs/heads/${branch}`, head);
    checkout.branch = branch;
  };

  const setUp = (path: string, wanted: SetUp): void => {
    const key = JSON.stringify([path, wanted]);
    if (done.has(key)) return;
    setUps.push({ path, command: wanted.command });
    if (setUpFails !== null) throw new Failure("setup.failed", setUpFails);
    done.add(key);
  };

  const fake: FakeRepo = {
    repaired: () => undefined,
    trunk: async () => ({ branch: trunk, head: trunkHead().oid, tree: trunkHead().tree }),
    ensureWorktree: async (member) => {
      at(member);
      return pathOf(member);
    },
    startTask: async ({ member, branch, base }) => startTask(member, branch, base),
    setUp: async (path, wanted) => setUp(path, wanted),
    follow: async (member, to) => {
      const checkout = at(member);
      const idle = checkout.branch === null && checkout.operation === null;
      if (!idle || dirty(checkout).length > 0 || !isIn(to, checkout.detached)) return;
      checkout.detached = to;
      checkout.files = new Map(get(to).files);
    },
    inspect: async (member, base) => inspect(member, base),
    adoptBranch: async (member, branch) => adopt(member, branch),
    rescue: async (member) => rescue(member),
    change: async (head, onto) => change(head, onto),
    async patch(head, onto, path, maxBytes) {
      const { files } = get(head);
      const text = change(head, onto)
        .files.filter((file) => path === null || file.path === path)
        .map(({ path: p }) => `--- a/${p}\n+++ b/${p}\n+${files.get(p) ?? ""}`)
        .join("");
      return { text: text.slice(0, maxBytes), cut: text.length > maxBytes };
    },
    candidate: async ({ base, head, message, at: date }) => {
      const { conflicts, files } = merged(get(base), get(head));
      if (conflicts.length > 0) return { ok: false, conflicts };
      const text = message.replaceAll(treeHole, treeOf(files));
      const made = make(files, [base, head], text, { author: "Batty", at: date });
      return { ok: true, commit: made.oid, tree: made.tree };
    },
    land: async (commit, base) => land(commit, base),
    contains: async (of, ancestor) => isIn(get(of).oid, get(ancestor).oid),

    commitOnTrunk(edits, message = "A person's commit") {
      const head = trunkHead();
      const files = new Map(head.files);
      apply(files, edits);
      const { oid } = make(files, [head.oid], message);
      refs.set(trunkRef, oid);
      if (person.branch === trunk) apply(person.files, edits);
      return oid;
    },
    mergeOnTrunk(branch) {
      const [trunkNow, head] = [trunkHead(), get(branch)];
      const { conflicts, files } = merged(trunkNow, head);
      for (const path of conflicts) apply(files, { [path]: head.files.get(path) ?? null });
      const { oid } = make(files, [trunkNow.oid, head.oid], `Merge ${branch} by hand`);
      refs.set(trunkRef, oid);
      if (person.branch === trunk) apply(person.files, Object.fromEntries(files));
      return oid;
    },
    commitFiles: (name) => get(name).files,
    messageOf: (oid) => get(oid).message,
    member: {
      write: (member, edits) => apply(at(member).files, edits),
      read: (member, path) => at(member).files.get(path) ?? null,
      commit(member, message) {
        const checkout = at(member);
        const { oid } = make(checkout.files, [headOf(checkout).oid], message, { author: member });
        moveTo(checkout, oid);
        return oid;
      },
      mergeTrunk(member) {
        const checkout = at(member);
        const head = headOf(checkout);
        const { conflicts, files } = merged(trunkHead(), head);
        for (const path of conflicts) apply(files, { [path]: head.files.get(path) ?? null });
        const parents = [head.oid, trunkHead().oid];
        const { oid } = make(files, parents, "Merge trunk", { author: member });
        moveTo(checkout, oid);
        checkout.files = new Map(files);
        return oid;
      },
      detach(member, name) {
        const checkout = at(member);
        checkout.detached = name === undefined ? headOf(checkout).oid : get(name).oid;
        checkout.branch = null;
        if (name !== undefined) checkout.files = new Map(get(name).files);
      },
      lose: (member) => void lost.add(member),
      isLost: (member) => lost.has(member),
      begin(member, operation) {
        at(member).operation = operation;
      },
    },
    person: {
      write: (edits) => apply(person.files, edits),
      read: (path) => person.files.get(path) ?? null,
      checkOut(branch) {
        const { oid } = headOf(person);
        person.branch = branch;
        if (branch === null) person.detached = oid;
        else if (!refs.has(`refs/heads/${branch}`)) refs.set(`refs/heads/${branch}`, oid);
        person.files = new Map(headOf(person).files);
      },
      begin(operation) {
        person.operation = operation;
      },
    },
    setUps,
    failSetUps: (lines) => {
      setUpFails = lines;
    },
  };
  return fake;
}
