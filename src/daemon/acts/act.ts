// One effect, carried out through the ports: says which act does it.
import type { Brought } from "../../core/effect.ts";
import { never } from "../../core/words.ts";
import type { Act } from "../perform.ts";
import type { ActContext } from "./context.ts";
import { candidate, gate, land, review } from "./merge.ts";
import { remains } from "./remains.ts";
import { attach, gone, inspect, seat, start } from "./seats.ts";
import { clear, composer, enter, interrupt, type_, typed } from "./typing.ts";

const done: Brought = { of: "done" };

export function createAct(context: ActContext): Act {
  const act: Act = async (effect, signal, onDisk): Promise<Brought> => {
    switch (effect.type) {
      case "ensure.seat":
        return seat(context, effect, signal);
      case "probe.remains":
        return remains(context, effect, signal);
      case "ensure.gone":
        return gone(context, effect, signal);
      case "ensure.start":
        return start(context, effect, signal);
      case "ensure.mend":
        await context.repo.ensureWorktree(effect.member, signal);
        return done;
      case "ensure.attach":
        return attach(context, effect, signal);
      case "ensure.follow":
        await context.repo.follow(effect.member, effect.to, signal);
        return done;
      case "ensure.inspect":
        return inspect(context, effect, signal);
      case "ensure.put":
        await context.mailbox.put(effect.mail, signal);
        return done;
      case "ensure.take":
        await context.mailbox.take(effect.member, effect.id, signal);
        return done;
      case "ensure.consume":
        await context.signals.consume(effect.signals, signal);
        return done;
      case "ensure.create":
        return {
          of: "ensure.create",
          task: await context.board.create(effect.task, context.now(), signal),
        };
      case "ensure.patch":
        await context.board.patch(effect.task, effect.patch, context.now(), signal);
        return done;
      case "probe.composer":
        return composer(context, effect, signal);
      case "once.type":
        return type_(context, effect, signal, onDisk);
      case "probe.typed":
        return typed(context, effect, signal);
      case "once.enter":
        return enter(context, effect, signal, onDisk);
      case "ensure.clear":
        return clear(context, effect, signal);
      case "once.interrupt":
        return interrupt(context, effect, signal);
      case "ensure.gate":
        return gate(context, effect, signal);
      case "ensure.tidy":
        return { of: "ensure.tidy", ...(await context.disk.tidy(effect.caches, signal)) };
      case "ensure.review":
        return review(context, effect, signal);
      case "ensure.candidate":
        return candidate(context, effect, signal);
      case "ensure.landing":
        return land(context, effect, signal);
      default:
        return never(effect);
    }
  };
  return act;
}
