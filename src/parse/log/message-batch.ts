import type { LoggedMessage } from "../../core/log-evidence.ts";

/** A message with what may yet show that its line was talk in front of the log. */
interface BatchedMessage extends LoggedMessage {
  readonly bare: boolean;
  readonly quoted: boolean;
}

/** Messages of one boot that are not folded into its record yet. */
export class MessageBatch {
  #messages: BatchedMessage[] = [];
  /** Of each message with a stamp, both as one text, so that a line's cost does not grow with the batch. */
  readonly #stamped = new Set<string>();

  get size(): number {
    return this.#messages.length;
  }

  /** Whether the record is here already: the same message at the same microsecond was printed twice. */
  has({ at, message }: Pick<LoggedMessage, "at" | "message">): boolean {
    const key = keyOf(at, message);
    return key !== null && this.#stamped.has(key);
  }

  add(message: BatchedMessage): void {
    this.#messages.push(message);
    const key = keyOf(message.at, message.message);
    if (key !== null) this.#stamped.add(key);
  }

  /** Takes those out that were talk. */
  drop(isTalk: (message: BatchedMessage) => boolean): void {
    for (const message of this.drain()) if (!isTalk(message)) this.add(message);
  }

  /** The messages, in their order; none stays. */
  drain(): readonly BatchedMessage[] {
    const messages = this.#messages;
    this.#messages = [];
    this.#stamped.clear();
    return messages;
  }
}

/** Null: at 0 the clock does not run yet, and messages there may be equal. */
function keyOf(at: number | null, message: LoggedMessage["message"]): string | null {
  return (at ?? 0) > 0 ? `${at} ${JSON.stringify(message)}` : null;
}
