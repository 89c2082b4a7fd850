import { access } from "node:fs/promises";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "./host/host-programs.ts";

/** The identity of the machine before it is cloned, any GUID (vmgenid of QEMU's docs/specs/vmgenid.rst). */
const firstGeneration = "324e6eaf-d1d1-4bf6-bf41-b9bb6c91fb87";

/** QEMU's arguments for the machine that is to be saved, and for its copy, whose generation is another. */
export function cloneArguments(
  monitor: string,
  state: string,
): { readonly original: readonly string[]; readonly copy: readonly string[] } {
  return {
    original: ["-device", `vmgenid,guid=${firstGeneration}`, "-qmp", `unix:${monitor},server=on,wait=off`],
    copy: ["-device", "vmgenid,guid=auto", "-incoming", `exec:cat '${state}'`],
  };
}

/** Saves a running machine into a file, as a snapshot does, and ends its QEMU. */
export async function saveMachine(monitor: string, state: string): Promise<void> {
  const qmp = await QmpClient.open(monitor);
  await qmp.call("qmp_capabilities");
  await qmp.call("migrate-set-parameters", { "max-bandwidth": 0 });
  await qmp.call("migrate", { uri: `exec:cat >'${state}'` });
  for (;;) {
    const { status, "error-desc": problem } = await qmp.call("query-migrate");
    if (status === "completed") break;
    if (status === "failed") throw new Error(`QEMU cannot save the machine: ${String(problem)}`);
    await sleep(100);
  }
  await qmp.call("quit");
  qmp.close();
}

type Answer = Readonly<Record<string, unknown>>;

/** The QEMU Machine Protocol (docs/interop/qmp-spec of QEMU), one command at a time. */
class QmpClient {
  readonly #socket: ReturnType<typeof connect>;
  readonly #lines: AsyncIterator<string>;

  private constructor(path: string) {
    this.#socket = connect(path);
    this.#lines = createInterface({ input: this.#socket })[Symbol.asyncIterator]();
  }

  static async open(path: string): Promise<QmpClient> {
    for (let tries = 100; ; tries--) {
      try {
        await access(path);
        return new QmpClient(path);
      } catch (error) {
        if (!hasCode(error, "ENOENT") || tries === 0) throw error;
        await sleep(100);
      }
    }
  }

  async call(execute: string, words?: Answer): Promise<Answer> {
    this.#socket.write(`${JSON.stringify({ execute, ...(words === undefined ? {} : { arguments: words }) })}\n`);
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error(`QEMU closed its monitor before it answered '${execute}'`);
      // The greeting and events come between.
      const { return: answer, error } = JSON.parse(line.value) as {
        readonly return?: Answer;
        readonly error?: unknown;
      };
      if (error !== undefined) throw new Error(`QEMU refuses '${execute}': ${JSON.stringify(error)}`);
      if (answer !== undefined) return answer;
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
