// A replaced text as people read changes: what goes with -, what comes with +, and the lines around that stay.

/** Lines that stay, on each side. */
const around = 3;
/** A card is read by a person; what is left out is said. */
const linesAtMost = 200;

export function changeOf(before: string, after: string): string {
  const old = linesOf(before);
  const fresh = linesOf(after);
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  const room = Math.min(old.length, fresh.length) - head;
  while (tail < room && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail += 1;
  const lines = [
    ...old.slice(Math.max(0, head - around), head).map((line) => ` ${line}`),
    ...old.slice(head, old.length - tail).map((line) => `-${line}`),
    ...fresh.slice(head, fresh.length - tail).map((line) => `+${line}`),
    ...old.slice(old.length - tail, old.length - tail + around).map((line) => ` ${line}`),
  ];
  const more = lines.length - linesAtMost;
  return [...lines.slice(0, linesAtMost), ...(more > 0 ? [`… ${more} more lines`] : [])].join("\n");
}

const linesOf = (text: string): readonly string[] =>
  text === "" ? [] : text.replace(/\n$/, "").split("\n");
