// What is kept of a program's output: a bounded part in memory, a bounded log on disk. Knows no process.
import { closeSync, openSync, writeSync } from "node:fs";

export interface Kept {
  push(chunk: Buffer): void;
  text(): string;
  /** Bytes read and not kept. */
  dropped(): number;
}

export function keepOutput(max: number, which: "head" | "tail"): Kept {
  let chunks: Buffer[] = [];
  let size = 0;
  let total = 0;
  const push = (chunk: Buffer): void => {
    total += chunk.length;
    const part = which === "head" ? chunk.subarray(0, Math.max(0, max - size)) : chunk;
    if (part.length === 0) return;
    chunks.push(part);
    size += part.length;
    // Cutting at twice the limit makes the copying linear in what was read.
    if (which === "tail" && size > 2 * max) cut();
  };
  const cut = (): Buffer => {
    const whole = Buffer.concat(chunks);
    const kept = whole.length <= max ? whole : whole.subarray(whole.length - max);
    chunks = [kept];
    size = kept.length;
    return kept;
  };
  return {
    push,
    text: () => wholeCharacters(cut()).toString(),
    dropped: () => Math.max(0, total - max),
  };
}

/** Cuts the torn UTF-8 characters that a byte limit leaves at either end. */
function wholeCharacters(bytes: Buffer): Buffer {
  let from = 0;
  while (from < Math.min(3, bytes.length) && ((bytes[from] as number) & 0xc0) === 0x80) from++;
  let to = bytes.length;
  for (let back = 1; back <= Math.min(4, to - from); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (needs > back) to = bytes.length - back;
    break;
  }
  return bytes.subarray(from, to);
}

export interface OutputLog {
  /** @throws the system's error (a full disk) */
  write(chunk: Buffer): void;
  close(): void;
}

/** @throws the system's error when the file cannot be created */
export function openOutputLog(path: string, max: number): OutputLog {
  const descriptor = openSync(path, "w", 0o600);
  let left = max;
  let open = true;
  return {
    write: (chunk) => {
      if (!open || left <= 0) return;
      writeWhole(descriptor, chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) writeWhole(descriptor, Buffer.from(`\n[cut here: more than ${max} bytes]\n`));
    },
    close: () => {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
