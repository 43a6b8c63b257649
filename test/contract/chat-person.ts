// A program for tests: the terminal client on the socket that its argument names.
import { connectChat } from "../../src/chat/local/client.ts";
import { runTerminal } from "../../src/chat/local/terminal/terminal.ts";

const link = await connectChat(process.argv[2] ?? "", null, false);
const { stdin: input, stdout: output, env } = process;
process.exitCode = await runTerminal(link, { input, output, env });
