// Cards that wait for a person, as they are now: for a chat that never showed them.
import { isOpen, type Proposal, type State, type Work } from "../state.ts";
import type { Instant } from "../words.ts";
import { proposalOf } from "../work.ts";
import { mergeCard, mergeKey } from "./cards.ts";
import { questionPost } from "./news-escalations.ts";
import { type Shown, withCard } from "./post.ts";

export const mergePost = (work: Work, card: Proposal): Shown =>
  withCard(
    mergeKey(work.task, card.round),
    "merges",
    mergeCard(work, card),
    card.state === "open",
    work.task,
  );

export const openCards = (state: State, now: Instant): readonly Shown[] => [
  ...[...state.work.values()].flatMap((work) => {
    const card = proposalOf(work);
    return card?.state === "open" ? [mergePost(work, card)] : [];
  }),
  ...[...state.escalations.values()].filter(isOpen).map((e) => questionPost(state, e, now)),
];
