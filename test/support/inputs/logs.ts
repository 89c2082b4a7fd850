import { join } from "node:path";
import { expect } from "vitest";
import { type LogInput, LogUnreadable, openLogs } from "../../../src/sources/log/log-input.ts";
import { hostFolder } from "../host/host-folder.ts";
import { logLines } from "./packed.ts";

export interface ReadLog {
  readonly name: string;
  readonly kind: LogInput["kind"];
  readonly text: string;
  readonly error: string | null;
}

export interface Everything {
  readonly logs: readonly ReadLog[];
  readonly inputs: readonly LogInput[];
  readonly error: string | null;
}

/** Reads a path as `analyze` does. Whatever is thrown but LogUnreadable fails the test. */
export async function everything(path: string): Promise<Everything> {
  const logs: ReadLog[] = [];
  const inputs: LogInput[] = [];
  const error = await failureOf(async () => {
    for await (const input of openLogs(path)) {
      const parts: string[] = [];
      inputs.push(input);
      const failure = await failureOf(async () => {
        for await (const chunk of input.chunks) parts.push(chunk.toString("latin1"));
      });
      logs.push({ name: input.name, kind: input.kind, text: parts.join(""), error: failure });
    }
  });
  return { logs, inputs, error };
}

async function failureOf(read: () => Promise<void>): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    if (!(error instanceof LogUnreadable)) throw error;
    expect(error.message).toMatch(/^Cannot [^\n\p{Cc}]*[^.\n]$/u);
    return error.message;
  }
}

/** Lines of a log that is not long. */
export const log = logLines(500);

/** What is to be reported of a log that is read whole. */
export const text = (name: string, content = log): ReadLog => ({ name, kind: "text", text: content, error: null });
export const only = (...logs: readonly ReadLog[]): object => ({ logs, error: null });

/** A file of its own. */
export const fileWith = (content: string | Uint8Array, name = "a.log"): string =>
  join(hostFolder({ [name]: content }), name);
