// The program behind an agent's permission hook: hands the request on standard input to the bot's door and prints the
// bot's answer. Whatever goes wrong prints nothing: then the agent asks in its pane.
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { doorPath, nonceHeader, proofHeader, proofOf } from "./door.ts";

async function ask(url: string, secret: string, body: string, seconds: number): Promise<string> {
  const nonce = randomBytes(16).toString("hex");
  // A bot that hangs must not hold its agent for ever, whether or not that ends its hooks itself.
  const signal = AbortSignal.timeout(seconds * 1000);
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      { method: "POST", headers: { [nonceHeader]: nonce }, signal },
      (answer) => {
        // Another program may have taken the bot's port: its word is nobody's.
        const proof = answer.headers[proofHeader];
        text(answer).then((said) => {
          const proven = answer.statusCode === 200 && proof === proofOf(secret, nonce, body, said);
          resolve(proven ? said : "");
        }, reject);
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

async function main(): Promise<void> {
  const { BATTY_DOOR: door, BATTY_MEMBER: member, BATTY_EPOCH: epoch } = process.env;
  const { BATTY_SIGNAL_KEY: secret } = process.env;
  const seconds = Number(process.argv[2] ?? 600);
  if (!door || !member || !epoch || !secret) return;
  const url = `${door}${doorPath(member, Number(epoch), secret, "permission")}`;
  process.stdout.write(await ask(url, secret, await text(process.stdin), seconds));
}

main().catch((error: unknown) => {
  process.stderr.write(`batty: nobody was asked: ${String(error)}\n`);
});
