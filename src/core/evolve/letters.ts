// Posts that a chat was given up for, until a person has them sent again.
import type { Recorded } from "../event.ts";
import type { State } from "../state.ts";
import { drop, put } from "./put.ts";

/** The newest so many are remembered; their files stay in any case. */
const most = 500;

export function evolveLetters(state: State, { event, at }: Recorded): State {
  switch (event.event) {
    case "post_given_up": {
      const { event: _event, ...letter } = event;
      const letters = put(state.letters, event.letter, { ...letter, at });
      const [oldest] = letters.keys();
      const isMany = letters.size > most && oldest !== undefined;
      return { ...state, letters: isMany ? drop(letters, oldest) : letters };
    }
    case "post_sent_again":
      return { ...state, letters: drop(state.letters, event.letter) };
    default:
      return state;
  }
}
