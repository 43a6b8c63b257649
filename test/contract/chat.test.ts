import { memoryStage, socketStage } from "./chat-stages.ts";
import { describeChat } from "./chat-suite.ts";

describeChat("in memory", memoryStage);
describeChat("on its socket", socketStage);
