// The command table: explicit and alphabetical.
import type { Command } from "../src/core/command.ts";
import { ask, escalationsWait } from "./ask.ts";
import { assign } from "./assign.ts";
import { audit } from "./audit.ts";
import { board, boardDeps, boardList, boardSummary } from "./board.ts";
import { catchup } from "./catchup.ts";
import { approve, back, reject } from "./decisions.ts";
import { diff } from "./diff.ts";
import { doctorNote } from "./doctor.ts";
import { done, doneWait } from "./done.ts";
import {
  escalations,
  escalationsAck,
  escalationsAnswer,
  escalationsResolve,
  escalationsSnooze,
} from "./escalations.ts";
import { ack, cancelMessage, inbox, read } from "./mail.ts";
import { interrupt, logs, pause, peek, restart, resume } from "./members.ts";
import { merge } from "./merge.ts";
import { dispatch, queue } from "./queue.ts";
import { quiet } from "./quiet.ts";
import { reload } from "./reload.ts";
import { retry } from "./retry.ts";
import { send } from "./send.ts";
import { sendAgain } from "./send-again.ts";
import {
  taskBlock,
  taskCancel,
  taskDepend,
  taskMove,
  taskNext,
  taskSet,
  taskShow,
  taskUnblock,
} from "./task.ts";
import { taskNew } from "./task-new.ts";
import { helpFor, standup, start, status, stop } from "./team.ts";

export const commands: readonly Command[] = [
  ack,
  approve,
  ask,
  assign,
  audit,
  back,
  board,
  boardDeps,
  boardList,
  boardSummary,
  cancelMessage,
  catchup,
  diff,
  dispatch,
  doctorNote,
  done,
  doneWait,
  escalations,
  escalationsAck,
  escalationsAnswer,
  escalationsResolve,
  escalationsSnooze,
  escalationsWait,
  helpFor(() => commands),
  inbox,
  interrupt,
  logs,
  merge,
  pause,
  peek,
  queue,
  quiet,
  read,
  reject,
  reload,
  restart,
  resume,
  retry,
  send,
  sendAgain,
  standup,
  start,
  status,
  stop,
  taskBlock,
  taskCancel,
  taskDepend,
  taskMove,
  taskNew,
  taskNext,
  taskSet,
  taskShow,
  taskUnblock,
] as unknown as readonly Command[];
